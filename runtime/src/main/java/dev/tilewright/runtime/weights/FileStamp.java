package dev.tilewright.runtime.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;

/**
 * What tells a file from others, and from itself before a change, without reading it.
 *
 * @param path absolute
 * @param bytes its size
 * @param modified when it was changed last, in nanoseconds since 1970
 */
public record FileStamp(String path, long bytes, long modified) {
  /** The stamp of a file as it is now. */
  static FileStamp of(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return new FileStamp(
        path(file), attributes.size(), attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
  }

  /** What a stamp calls a file. */
  public static String path(Path file) {
    return file.toAbsolutePath().toString();
  }

  /** Whether the file is still there and the same. */
  public boolean isCurrent() {
    try {
      // Not equals(), which costs the JVM milliseconds when it is first asked of a record.
      FileStamp now = of(Path.of(path));
      return now.bytes == bytes && now.modified == modified;
    } catch (IOException | InvalidPathException e) {
      return false;
    }
  }
}
