package dev.tilewright.toolchain;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What the tests share: one extraction of the tools, the host as a target, calls into libraries.
 */
final class TestTools {
  static final Path CACHE = Path.of("target", "toolchain-cache").toAbsolutePath();

  static final TargetMachine HOST = host();

  private TestTools() {}

  /** A toolchain on the shared cache that never reuses a result. */
  static Toolchain fresh(ToolchainListener listener) {
    return Toolchain.open(
        ToolchainOptions.defaults().withCache(CACHE).withResultBytes(0).withListener(listener));
  }

  static Toolchain fresh() {
    return fresh(ToolchainListener.SILENT);
  }

  /** Where a tool lies in the shared cache once it is extracted. */
  static Path program(Tool tool) {
    return CACHE
        .resolve("llvm")
        .resolve(fresh().version())
        .resolve("bin")
        .resolve(HostPlatform.current().fileName(tool));
  }

  private static TargetMachine host() {
    return switch (HostPlatform.current().classifier()) {
      case "linux-x86_64" -> TargetMachine.of("x86_64-unknown-linux-gnu", "x86-64");
      case "linux-arm64" -> TargetMachine.of("aarch64-unknown-linux-gnu", "generic");
      case "macosx-arm64" -> TargetMachine.of("arm64-apple-macosx11.0.0", "apple-m1");
      case "macosx-x86_64" -> TargetMachine.of("x86_64-apple-macosx11.0.0", "x86-64");
      case "windows-x86_64" -> TargetMachine.of("x86_64-pc-windows-msvc", "x86-64");
      default -> throw new AssertionError("The artifact has no tools for this machine");
    };
  }

  /** A function of a library, callable until the arena is closed. */
  @SuppressWarnings("restricted")
  static MethodHandle function(
      CompiledLibrary library, String name, FunctionDescriptor type, Arena arena) {
    try {
      Path file = Files.createTempFile("kernel", HOST.format().librarySuffix());
      file.toFile().deleteOnExit();
      Files.write(file, library.bytes());
      return Linker.nativeLinker()
          .downcallHandle(SymbolLookup.libraryLookup(file, arena).findOrThrow(name), type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Remembers what happened. */
  static final class Recorder implements ToolchainListener {
    final List<String> extractions = new CopyOnWriteArrayList<>();
    final List<Tool> runs = new CopyOnWriteArrayList<>();
    final List<String> warnings = new CopyOnWriteArrayList<>();

    @Override
    public void extracting(String what, long bytes, Path directory) {
      extractions.add(what);
    }

    @Override
    public void ran(Tool tool, Duration time) {
      runs.add(tool);
    }

    @Override
    public void warning(String message) {
      warnings.add(message);
    }
  }
}
