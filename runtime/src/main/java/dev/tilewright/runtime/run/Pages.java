package dev.tilewright.runtime.run;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What pages memory lies on, as Linux tells in {@code /proc/self/smaps}. */
final class Pages {
  private static final Path SMAPS = Path.of("/proc/self/smaps");
  private static final boolean LINUX = System.getProperty("os.name").equals("Linux");
  private static final String LARGE = "AnonHugePages:";

  private Pages() {}

  /** For people: {@code 90.6 MB, 90.2 MB of it on 2 MB pages}. */
  static String describe(MemorySegment memory) {
    String size = megabytes(memory.byteSize());
    if (!LINUX) {
      // Others do not tell.
      return size;
    }
    try {
      long large = Math.min(memory.byteSize(), large(memory, Files.readAllLines(SMAPS)));
      return size + ", " + (large == 0 ? "none" : megabytes(large)) + " of it on 2 MB pages";
    } catch (IOException e) {
      // A container may hide the file.
      return size;
    }
  }

  /** The bytes on large pages in the mappings that hold any of the memory. */
  static long large(MemorySegment memory, List<String> smaps) {
    long bytes = 0;
    boolean within = false;
    for (String line : smaps) {
      int dash = line.indexOf('-');
      int blank = line.indexOf(' ');
      if (dash > 0 && dash < blank) {
        long start = Long.parseUnsignedLong(line.substring(0, dash), 16);
        long end = Long.parseUnsignedLong(line.substring(dash + 1, blank), 16);
        within = start < memory.address() + memory.byteSize() && memory.address() < end;
      } else if (within && line.startsWith(LARGE)) {
        bytes += 1024 * Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return bytes;
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }
}
