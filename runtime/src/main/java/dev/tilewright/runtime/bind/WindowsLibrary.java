package dev.tilewright.runtime.bind;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A library that Windows loads from a file of any name; {@link SymbolLookup#libraryLookup} knows
 * only names in the system's code page, which a user's folder need not be in.
 */
@SuppressWarnings("restricted")
final class WindowsLibrary implements SymbolLookup {
  private static final SymbolLookup KERNEL = SymbolLookup.libraryLookup("kernel32", Arena.global());
  private static final MemorySegment LOAD = KERNEL.findOrThrow("LoadLibraryW");
  private static final MemorySegment FIND = KERNEL.findOrThrow("GetProcAddress");
  private static final MemorySegment FREE = KERNEL.findOrThrow("FreeLibrary");

  private final Arena arena;
  private final MemorySegment module;

  /**
   * Loads a library until the arena is closed.
   *
   * @throws IllegalArgumentException if Windows refuses it
   */
  WindowsLibrary(Path path, Arena arena) {
    this.arena = arena;
    long handle;
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment text = scratch.allocateFrom(path.toString(), StandardCharsets.UTF_16LE);
      handle = Libc.call(LOAD, text.address(), 0, 0, 0, 0, 0);
    }
    if (handle == 0) {
      throw new IllegalArgumentException("cannot load " + path);
    }
    module =
        MemorySegment.ofAddress(handle)
            .reinterpret(
                arena,
                loaded -> {
                  long _ = Libc.call(FREE, loaded.address(), 0, 0, 0, 0, 0);
                });
  }

  @Override
  public Optional<MemorySegment> find(String name) {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment text = scratch.allocateFrom(name);
      long function = Libc.call(FIND, module.address(), text.address(), 0, 0, 0, 0);
      return function == 0
          ? Optional.empty()
          : Optional.of(MemorySegment.ofAddress(function).reinterpret(arena, null));
    }
  }
}
