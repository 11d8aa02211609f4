package dev.tilewright.codegen.emit;

import dev.tilewright.codegen.KernelModule.Language;
import dev.tilewright.codegen.tile.Kernel;
import dev.tilewright.codegen.tile.TileInterpreter;
import dev.tilewright.codegen.tile.TileProgram;
import dev.tilewright.toolchain.LibraryRequest;
import dev.tilewright.toolchain.Source;
import dev.tilewright.toolchain.TargetMachine;
import dev.tilewright.toolchain.Tool;
import dev.tilewright.toolchain.Toolchain;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** A tile program compiled by a writer and the toolchain, and loaded. */
@SuppressWarnings("restricted") // loading and calling libraries is what it is for
final class NativeLibrary implements AutoCloseable {
  private static final Toolchain TOOLCHAIN = Toolchain.open();

  private final Arena arena = Arena.ofShared();
  private final TileProgram program;
  private final Machines machine;
  private final SymbolLookup symbols;
  private final MemorySegment barrier = arena.allocate(256, 64);

  NativeLibrary(TileProgram program, Machines machine, Language language) throws IOException {
    this.program = program;
    this.machine = machine;
    Path file = Files.createTempFile("kernels", ".so");
    Files.write(file, TOOLCHAIN.compile(request(program, machine, language)).bytes());
    symbols = SymbolLookup.libraryLookup(file, arena);
    Files.delete(file);
  }

  static String assembly(TileProgram program, Machines machine, Language language) {
    return TOOLCHAIN.assembly(request(program, machine, language));
  }

  /** What a tool of LLVM says of an input. */
  static String inspect(Tool tool, byte[] input, String... options) {
    return TOOLCHAIN.inspect(tool, input, options);
  }

  private static LibraryRequest request(TileProgram program, Machines machine, Language language) {
    var m = machine.machine();
    Source source =
        switch (language) {
          case LLVM ->
              new Source.LlvmText("kernels", LlvmWriter.write(program, machine.model(), m));
          case C -> new Source.C("kernels", CWriter.write(program, machine.model(), m));
        };
    List<String> exports = program.entries().stream().map(TileProgram.Entry::symbol).toList();
    return LibraryRequest.of(new TargetMachine(m.triple(), m.cpu(), m.features()), exports, source);
  }

  /** As {@link TileInterpreter#run}, one thread a worker. */
  TileInterpreter.Fault run(
      String symbol,
      Map<String, Long> values,
      List<MemorySegment> parameters,
      List<MemorySegment> weights,
      int workers)
      throws Throwable {
    var entry =
        program.entries().stream().filter(e -> e.symbol().equals(symbol)).findFirst().orElseThrow();
    var function = program.function(entry.function());
    MethodHandle handle =
        Linker.nativeLinker()
            .downcallHandle(
                symbols.find(symbol).orElseThrow(),
                FunctionDescriptor.ofVoid(
                    ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    try (Arena call = Arena.ofShared()) {
      long scratch = 64;
      for (Kernel kernel : program.kernels()) {
        scratch =
            Math.max(
                scratch, kernel.scratchBytes().evaluate(name -> values.getOrDefault(name, 0L)));
      }
      long arenaBytes = new TileInterpreter(program, machine.model()).arenaBytes(function, values);
      MemorySegment table = call.allocate(Math.max(1, weights.size()) * 8L, 8);
      for (int i = 0; i < weights.size(); i++) {
        table.setAtIndex(ValueLayout.ADDRESS, i, weights.get(i));
      }
      MemorySegment fault = call.allocate(16, 8);
      List<MemorySegment> words = new ArrayList<>();
      words.add(call.allocate(Math.max(64, arenaBytes), 64));
      words.add(call.allocate(scratch * workers, 64));
      words.add(MemorySegment.ofAddress(scratch));
      words.add(barrier);
      words.add(fault);
      words.add(table);
      words.add(
          Linker.nativeLinker().defaultLookup().find("sched_yield").orElse(MemorySegment.NULL));
      words.add(MemorySegment.NULL);
      function.symbols().forEach(name -> words.add(MemorySegment.ofAddress(values.get(name))));
      words.addAll(parameters);
      MemorySegment frame = call.allocate(words.size() * 8L, 8);
      for (int i = 0; i < words.size(); i++) {
        frame.setAtIndex(ValueLayout.ADDRESS, i, words.get(i));
      }
      AtomicReference<Throwable> failure = new AtomicReference<>();
      List<Thread> team = new ArrayList<>();
      for (int w = 0; w < workers; w++) {
        long worker = w;
        team.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      try {
                        handle.invokeExact(frame, worker, (long) workers);
                      } catch (Throwable e) {
                        failure.set(e);
                      }
                    }));
      }
      for (Thread thread : team) {
        thread.join();
      }
      if (failure.get() != null) {
        throw failure.get();
      }
      return new TileInterpreter.Fault(
          fault.getAtIndex(ValueLayout.JAVA_LONG, 0) - 1,
          fault.getAtIndex(ValueLayout.JAVA_LONG, 1));
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
