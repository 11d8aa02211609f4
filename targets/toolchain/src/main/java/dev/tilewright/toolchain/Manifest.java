package dev.tilewright.toolchain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.SortedMap;

/**
 * The marker of a complete extraction: a line {@code size path} for each file, and a last line that
 * shows that no line is missing.
 */
final class Manifest {
  private static final String LAST_LINE = "complete";

  private Manifest() {}

  /** Puts the marker in place; the sizes are in bytes, the paths relative to its folder. */
  static void write(Path marker, SortedMap<String, Long> sizes) throws IOException {
    StringBuilder lines = new StringBuilder();
    sizes.forEach((file, size) -> lines.append(size).append(' ').append(file).append('\n'));
    Path part = marker.resolveSibling(marker.getFileName() + ".part");
    Files.writeString(part, lines.append(LAST_LINE).append('\n'));
    Files.move(part, marker, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Whether there is a marker and every file it lists has its size. */
  static boolean holds(Path marker) throws IOException {
    try {
      List<String> lines = Files.readAllLines(marker);
      if (lines.isEmpty() || !lines.getLast().equals(LAST_LINE)) {
        return false;
      }
      for (String line : lines.subList(0, lines.size() - 1)) {
        int space = line.indexOf(' ');
        Path file = marker.resolveSibling(line.substring(space + 1));
        if (Files.size(file) != Long.parseLong(line, 0, space, 10)) {
          return false;
        }
      }
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }
}
