package dev.tilewright.tests.level;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.tilewright.Precision;
import dev.tilewright.codegen.CompileOptions;
import dev.tilewright.codegen.KernelModule;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.op.WeightSource;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.bind.CpuFeatures;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import dev.tilewright.toolchain.LibraryRequest;
import dev.tilewright.toolchain.Optimization;
import dev.tilewright.toolchain.Source;
import dev.tilewright.toolchain.TargetMachine;
import dev.tilewright.toolchain.Toolchain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.LongStream;

/** A program compiled for a target, called as {@link ModelSchema} describes. */
@SuppressWarnings("restricted")
final class NativeRunner implements AutoCloseable {
  private static final Toolchain TOOLCHAIN = Toolchain.open();

  /**
   * Of what is compared with exact arithmetic: LLVM is done in a third of the time. That its passes
   * change no bit is {@link SameBitsTest}'s.
   */
  private static final Optimization QUICK = Optimization.of(1);

  private final String target;
  private final KernelModule module;
  private final byte[] library;
  private final Arena arena = Arena.ofShared();
  private final SymbolLookup symbols;

  private NativeRunner(String target, KernelModule module, byte[] library) {
    this.target = target;
    this.module = module;
    this.library = library;
    try {
      Path file = Files.createTempFile("tilewright-test", ".so");
      try {
        Files.write(file, library);
        symbols = SymbolLookup.libraryLookup(file, arena);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The targets of FLOAT32 whose kernels this machine runs. */
  static List<Target> targets() {
    return targets(Precision.FLOAT32);
  }

  /** The targets of a precision whose kernels this machine runs. */
  static List<Target> targets(Precision precision) {
    return allTargets().stream().filter(target -> target.compiles(precision)).toList();
  }

  /** The target of a name, whether this machine runs its kernels or not. */
  static Target target(String name) {
    return ServiceLoader.load(Target.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(target -> target.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** All targets whose kernels this machine runs. */
  static List<Target> allTargets() {
    CpuFeatures host = CpuFeatures.host();
    return ServiceLoader.load(Target.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(target -> target.platforms().contains(host.platform()))
        .filter(target -> host.features().containsAll(target.cpuFeatures()))
        .toList();
  }

  /** In FLOAT32. */
  static NativeRunner compile(
      Program program, Target target, KernelModule.Language language, Optimization optimization) {
    return compile(program, target, options().withLanguage(language), optimization);
  }

  static NativeRunner compile(Program program, Target target, Precision precision) {
    return compile(program, target, options().withPrecision(precision), QUICK);
  }

  /** A module as it is, or changed by a test. */
  static NativeRunner of(String target, KernelModule module) {
    return new NativeRunner(target, module, link(module, TOOLCHAIN, QUICK));
  }

  private static CompileOptions options() {
    return CompileOptions.of(CpuFeatures.host().platform());
  }

  private static NativeRunner compile(
      Program program, Target target, CompileOptions options, Optimization optimization) {
    KernelModule module = (KernelModule) target.compile(program, options, Trace.NONE);
    return new NativeRunner(target.name(), module, link(module, TOOLCHAIN, optimization));
  }

  static byte[] link(KernelModule module, Toolchain toolchain, Optimization optimization) {
    return toolchain
        .compile(
            new LibraryRequest(
                List.of(source(module)), machine(module), module.exports(), optimization))
        .bytes();
  }

  static TargetMachine machine(KernelModule module) {
    KernelModule.Machine machine = module.machine();
    return new TargetMachine(machine.triple(), machine.cpu(), machine.features());
  }

  static Source source(KernelModule module) {
    return switch (module.language()) {
      case LLVM -> new Source.LlvmText("kernels", module.source());
      case C -> new Source.C("kernels", module.source());
    };
  }

  byte[] library() {
    return library.clone();
  }

  EntrySchema entry(String name) {
    return module.entries().stream().filter(e -> e.name().equals(name)).findFirst().orElseThrow();
  }

  /**
   * Calls an entry on as many threads as there are workers. Behind everything that kernels may
   * write lies memory that they may not, and that is checked.
   */
  List<HostTensor> run(
      String name,
      List<HostTensor> inputs,
      WeightSource weights,
      Map<String, Long> sizes,
      int workers) {
    try (Arena memory = Arena.ofShared()) {
      CallMemory call =
          new CallMemory(memory, MemorySegment::address)
              .fill(module, entry(name), inputs, weights, sizes, workers);
      call(symbols.find(entry(name).symbol()).orElseThrow(), call.frame(), workers);
      return call.results(name + " on " + target);
    }
  }

  private static void call(MemorySegment function, MemorySegment frame, int workers) {
    MethodHandle handle =
        Linker.nativeLinker()
            .downcallHandle(function, FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG));
    List<Thread> team =
        LongStream.range(1, workers)
            .mapToObj(
                worker -> Thread.ofPlatform().start(() -> call(handle, frame, worker, workers)))
            .toList();
    call(handle, frame, 0, workers);
    for (Thread thread : team) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void call(MethodHandle handle, MemorySegment frame, long worker, long workers) {
    try {
      handle.invokeExact(frame.address(), worker, workers);
    } catch (Throwable e) {
      throw new AssertionError("native functions throw nothing", e);
    }
  }

  @Override
  public void close() {
    arena.close();
  }

  @Override
  public String toString() {
    return target + " (" + module.language() + ")";
  }
}
