package dev.tilewright.tests.level;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.tilewright.Precision;
import dev.tilewright.codegen.CompileOptions;
import dev.tilewright.codegen.KernelModule;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.op.TensorType;
import dev.tilewright.op.WeightSource;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.bind.CpuFeatures;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import dev.tilewright.toolchain.LibraryRequest;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.LongStream;

/** A program compiled for a target, called as {@link ModelSchema} describes. */
@SuppressWarnings("restricted")
final class NativeRunner implements AutoCloseable {
  private static final Toolchain TOOLCHAIN = Toolchain.open();
  private static final long GUARD = 256;
  private static final byte UNTOUCHED = 0x5c;

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

  /** All targets whose kernels this machine runs. */
  static List<Target> allTargets() {
    CpuFeatures host = CpuFeatures.host();
    return ServiceLoader.load(Target.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(target -> target.platforms().contains(host.platform()))
        .filter(target -> host.features().containsAll(target.cpuFeatures()))
        .toList();
  }

  static NativeRunner compile(
      Program program, Target target, KernelModule.Language language, Trace trace) {
    KernelModule module =
        target.compile(
            program,
            CompileOptions.of(CpuFeatures.host().platform()).withLanguage(language),
            trace);
    return new NativeRunner(target.name(), module, link(module, TOOLCHAIN));
  }

  static byte[] link(KernelModule module, Toolchain toolchain) {
    KernelModule.Machine machine = module.machine();
    Source source =
        switch (module.language()) {
          case LLVM -> new Source.LlvmText("kernels", module.source());
          case C -> new Source.C("kernels", module.source());
        };
    return toolchain
        .compile(
            LibraryRequest.of(
                new TargetMachine(machine.triple(), machine.cpu(), machine.features()),
                module.exports(),
                source))
        .bytes();
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
    EntrySchema entry = entry(name);
    try (Arena memory = Arena.ofShared()) {
      List<MemorySegment> guarded = new ArrayList<>();
      List<Long> frame = new ArrayList<>();
      long stride = (entry.scratchBytes().evaluate(sizes::get) + 63) & -64L;
      MemorySegment fault = memory.allocate(2 * Long.BYTES, 64);
      List<MemorySegment> table = WeightTable.of(module.weights(), weights, memory);
      MemorySegment addresses = memory.allocate(JAVA_LONG, table.size() + 1L);
      for (int i = 0; i < table.size(); i++) {
        addresses.setAtIndex(JAVA_LONG, i, table.get(i).address());
      }
      frame.add(guarded(entry.arenaBytes().evaluate(sizes::get), memory, guarded).address());
      frame.add(guarded(stride * workers, memory, guarded).address());
      frame.add(stride);
      frame.add(memory.allocate(256, 64).address());
      frame.add(fault.address());
      frame.add(addresses.address());
      frame.add(
          Linker.nativeLinker()
              .defaultLookup()
              .find("sched_yield")
              .map(MemorySegment::address)
              .orElse(0L));
      frame.add(0L);
      entry.symbols().forEach(symbol -> frame.add(sizes.get(symbol)));
      inputs.forEach(input -> frame.add(Memory.copy(input, memory).address()));
      List<TensorType> types =
          entry.results().stream().map(type -> Case.concrete(type, sizes)).toList();
      List<MemorySegment> results = new ArrayList<>();
      for (TensorType type : types) {
        MemorySegment result =
            guarded(type.elements().value() * type.dtype().bytes(), memory, guarded);
        results.add(result);
        frame.add(result.address());
      }
      MemorySegment words =
          memory.allocateFrom(JAVA_LONG, frame.stream().mapToLong(Long::longValue).toArray());
      call(symbols.find(entry.symbol()).orElseThrow(), words, workers);
      checkGuards(name, guarded);
      if (fault.getAtIndex(JAVA_LONG, 0) != 0) {
        throw new IllegalStateException(
            name
                + " reports index "
                + fault.getAtIndex(JAVA_LONG, 1)
                + " at site "
                + (fault.getAtIndex(JAVA_LONG, 0) - 1));
      }
      List<HostTensor> tensors = new ArrayList<>();
      for (int i = 0; i < types.size(); i++) {
        tensors.add(Memory.read(types.get(i), results.get(i)));
      }
      return tensors;
    }
  }

  private static MemorySegment guarded(long bytes, Arena memory, List<MemorySegment> all) {
    MemorySegment block = memory.allocate(bytes + GUARD, 64);
    block.asSlice(0, bytes).fill((byte) 0xff);
    all.add(block.asSlice(bytes).fill(UNTOUCHED));
    return block;
  }

  private void checkGuards(String name, List<MemorySegment> guarded) {
    for (int i = 0; i < guarded.size(); i++) {
      for (byte value : guarded.get(i).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE)) {
        if (value != UNTOUCHED) {
          String what = i == 0 ? "the arena" : i == 1 ? "scratch" : "result " + (i - 2);
          throw new IllegalStateException(
              name + " on " + target + " writes beyond the end of " + what);
        }
      }
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
