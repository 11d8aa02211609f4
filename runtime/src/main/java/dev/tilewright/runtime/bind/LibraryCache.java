package dev.tilewright.runtime.bind;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A folder of libraries, each named by its digest, for systems that load libraries from files only.
 * A file that nobody loaded for 30 days is removed.
 *
 * @param folder where they are
 */
record LibraryCache(Path folder) {
  /** The system property that names another folder. */
  static final String PROPERTY = "tilewright.cache";

  private static final String SUFFIX = ".library";
  private static final String PARTIAL = ".partial";
  private static final Duration KEPT = Duration.ofDays(30);

  /** The folder of the user who runs the process. */
  static LibraryCache ofUser() {
    return new LibraryCache(
        folder(System.getProperty("os.name"), System.getProperty(PROPERTY), System.getenv()));
  }

  static Path folder(String os, String property, Map<String, String> environment) {
    if (property != null) {
      return Path.of(property);
    }
    Path home = Path.of(System.getProperty("user.home"));
    if (os.startsWith("Windows")) {
      String local = environment.get("LOCALAPPDATA");
      return (local == null ? home : Path.of(local)).resolve("tilewright");
    }
    if (os.startsWith("Mac")) {
      return home.resolve("Library/Caches/tilewright");
    }
    String cache = environment.get("XDG_CACHE_HOME");
    return (cache == null || cache.isEmpty() ? home.resolve(".cache") : Path.of(cache))
        .resolve("tilewright");
  }

  /**
   * A file with the content, which is written under another name first so that nobody sees half of
   * it.
   */
  Path store(String digest, byte[] content) throws IOException {
    Files.createDirectories(folder);
    removeStale();
    Path file = folder.resolve(digest + SUFFIX);
    if (holds(file, content)) {
      markUsed(file);
      return file;
    }
    String own = "%s-%d-%d".formatted(digest, ProcessHandle.current().pid(), System.nanoTime());
    Path partial = folder.resolve(own + PARTIAL);
    try {
      Files.write(partial, content, StandardOpenOption.CREATE_NEW);
      return replace(file, partial, content, folder.resolve(own + SUFFIX));
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  /** Windows replaces no file that is loaded or open somewhere: the other will do, or another. */
  private static Path replace(Path file, Path partial, byte[] content, Path other)
      throws IOException {
    try {
      return Files.move(
          partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException refused) {
      return holds(file, content)
          ? file
          : Files.move(partial, other, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static boolean holds(Path file, byte[] content) throws IOException {
    return Files.isRegularFile(file) && Arrays.equals(Files.readAllBytes(file), content);
  }

  private static void markUsed(Path file) {
    try {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    } catch (IOException e) {
      log("the library keeps its age: " + file, e);
    }
  }

  private void removeStale() throws IOException {
    Instant oldest = Instant.now().minus(KEPT);
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files =
          all.filter(file -> file.toString().endsWith(SUFFIX) || file.toString().endsWith(PARTIAL))
              .toList();
    }
    for (Path file : files) {
      try {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(oldest)) {
          Files.deleteIfExists(file);
        }
      } catch (IOException e) {
        // Another process removed it, or has it loaded.
        log("stale library kept: " + file, e);
      }
    }
  }

  private static void log(String message, IOException e) {
    System.getLogger(LibraryCache.class.getName()).log(System.Logger.Level.DEBUG, message, e);
  }
}
