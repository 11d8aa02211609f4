package dev.tilewright.toolchain;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * Where and how a toolchain works; nothing here changes a result.
 *
 * @param cache the folder for extracted tools, results and temporary files
 * @param resultBytes the size that cached results may have together; 0 caches none
 * @param timeout how long one run of a tool may take
 * @param loader the class loader that sees the jar with the tools
 * @param listener told what happens
 */
public record ToolchainOptions(
    Path cache,
    long resultBytes,
    Duration timeout,
    ClassLoader loader,
    ToolchainListener listener) {
  private static final long DEFAULT_RESULT_BYTES = 512L << 20;
  private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(10);

  /**
   * @throws IllegalArgumentException if the size is negative or the timeout is not positive
   */
  public ToolchainOptions {
    cache = cache.toAbsolutePath();
    Objects.requireNonNull(listener, "listener");
    if (resultBytes < 0) {
      throw new IllegalArgumentException(
          "Expected a size of cached results of at least 0, got " + resultBytes + ".");
    }
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("Expected a positive timeout, got " + timeout + ".");
    }
  }

  /**
   * The cache folder of this user: the system property {@code tilewright.cache}, else the
   * environment variable {@code TILEWRIGHT_CACHE}, else {@code tilewright} in the folder that the
   * operating system sets aside for caches; 512 MB of results; ten minutes; the loader of this
   * class; a silent listener.
   */
  public static ToolchainOptions defaults() {
    return new ToolchainOptions(
        CacheLocation.current(),
        DEFAULT_RESULT_BYTES,
        DEFAULT_TIMEOUT,
        ToolchainOptions.class.getClassLoader(),
        ToolchainListener.SILENT);
  }

  /** With another folder. */
  public ToolchainOptions withCache(Path folder) {
    return new ToolchainOptions(folder, resultBytes, timeout, loader, listener);
  }

  /** With another bound of cached results, in bytes. */
  public ToolchainOptions withResultBytes(long bytes) {
    return new ToolchainOptions(cache, bytes, timeout, loader, listener);
  }

  /** With another time for one run of a tool. */
  public ToolchainOptions withTimeout(Duration time) {
    return new ToolchainOptions(cache, resultBytes, time, loader, listener);
  }

  /** With another class loader to look for the tools. */
  public ToolchainOptions withLoader(ClassLoader other) {
    return new ToolchainOptions(cache, resultBytes, timeout, other, listener);
  }

  /** With a listener. */
  public ToolchainOptions withListener(ToolchainListener other) {
    return new ToolchainOptions(cache, resultBytes, timeout, loader, other);
  }
}
