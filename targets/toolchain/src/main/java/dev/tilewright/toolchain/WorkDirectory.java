package dev.tilewright.toolchain;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder for the files of one request, removed at the end. After a failure it is kept for the
 * user to look at; of those only the newest stay. Tools run inside it and see only relative names,
 * so that no path can get into a result.
 */
final class WorkDirectory implements AutoCloseable {
  private static final int KEPT = 8;
  private static final Duration ABANDONED = Duration.ofDays(1);
  private static final String PARENT = "work";
  private static final String KEPT_MARKER = "kept-after-failure";

  private final Path path;
  private volatile boolean kept;

  private WorkDirectory(Path path) {
    this.path = path;
  }

  static WorkDirectory create(Path cache) {
    Path parent = cache.resolve(PARENT);
    try {
      Files.createDirectories(parent);
      return new WorkDirectory(Files.createTempDirectory(parent, "w"));
    } catch (IOException e) {
      throw new ToolchainException(
          "No folder for temporary files can be made in "
              + parent
              + ": "
              + e
              + ". "
              + CacheLocation.ADVICE,
          e);
    }
  }

  Path path() {
    return path;
  }

  Path resolve(String file) {
    return path.resolve(file);
  }

  void write(String file, byte[] content) {
    try {
      Files.write(resolve(file), content);
    } catch (IOException e) {
      throw new ToolchainException(
          "A temporary file cannot be written: " + e + ". " + CacheLocation.ADVICE, e);
    }
  }

  byte[] read(String file, long limit) {
    try {
      long size = Files.size(resolve(file));
      if (size > limit) {
        throw new ToolchainException(
            "Expected at most "
                + limit
                + " bytes in "
                + file
                + ", got "
                + size
                + ": split the request into smaller libraries.");
      }
      return Files.readAllBytes(resolve(file));
    } catch (IOException e) {
      throw new ToolchainException("The result " + file + " cannot be read: " + e + ".", e);
    }
  }

  /** Leaves the folder in place when it is closed. */
  void keep() {
    kept = true;
  }

  @Override
  public void close() {
    try {
      if (kept) {
        Files.createFile(path.resolve(KEPT_MARKER));
        sweep(path.getParent());
      } else {
        delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The temporary folder " + path + " cannot be tidied", e);
    }
  }

  /** Deletes all but the newest kept folders, and those that a killed process left. */
  static void sweep(Path cache, ToolchainListener listener) {
    try {
      sweep(cache.resolve(PARENT));
    } catch (IOException e) {
      listener.warning("Old temporary folders cannot be deleted: " + e + ".");
    }
  }

  private static void sweep(Path parent) throws IOException {
    if (!Files.isDirectory(parent)) {
      return;
    }
    FileTime abandoned = FileTime.from(Instant.now().minus(ABANDONED));
    List<Path> failures = new ArrayList<>();
    try (Stream<Path> children = Files.list(parent)) {
      for (Path child : children.toList()) {
        if (Files.exists(child.resolve(KEPT_MARKER))) {
          failures.add(child);
        } else if (modified(child).compareTo(abandoned) < 0) {
          delete(child);
        }
      }
    }
    failures.sort(Comparator.comparing(WorkDirectory::modified).reversed());
    for (Path old : failures.subList(Math.min(KEPT, failures.size()), failures.size())) {
      delete(old);
    }
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException deletedByAnotherProcess) {
      return FileTime.from(Instant.now());
    }
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException deletedByAnotherProcess) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException e)
              throws IOException {
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
