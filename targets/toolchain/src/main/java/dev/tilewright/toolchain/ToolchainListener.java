package dev.tilewright.toolchain;

import java.nio.file.Path;
import java.time.Duration;

/** Told what a toolchain is doing. Methods may be called from several threads at once. */
public interface ToolchainListener {
  /** A listener that says nothing. */
  ToolchainListener SILENT = new ToolchainListener() {};

  /**
   * Tools are about to be extracted, which happens once per user and version.
   *
   * @param what for people, such as {@code "LLVM assembler and linker"}
   * @param bytes the size on disk
   */
  default void extracting(String what, long bytes, Path directory) {}

  /** The tools of the last {@link #extracting} are ready. */
  default void extracted(String what, Duration time) {}

  /** A tool has ended well. */
  default void ran(Tool tool, Duration time) {}

  /** A result was found in the cache under this key. */
  default void reused(String key) {}

  /**
   * Something that does not stop the work, but costs time: a corrupted cache entry, a cache that
   * cannot be written.
   */
  default void warning(String message) {}
}
