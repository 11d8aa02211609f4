package dev.tilewright.codegen.tile;

import dev.tilewright.codegen.tile.TileProgram.Argument;
import dev.tilewright.codegen.tile.TileProgram.Step;
import dev.tilewright.codegen.tile.TileProgram.TileFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs tile programs over memory segments, to the last bit as written kernels do on a machine of
 * that model (unexpanded functions such as EXP excepted). Accesses outside a segment throw {@link
 * IndexOutOfBoundsException}. Between the barriers workers run one after another, ascending and
 * descending in turn, so that a missing barrier is seen. The arena and scratch memory start as
 * NaNs.
 */
public final class TileInterpreter {
  private static final byte GARBAGE = (byte) 0xff;

  private final TileProgram program;
  private final MachineModel machine;

  public TileInterpreter(TileProgram program, MachineModel machine) {
    this.program = program;
    this.machine = machine;
  }

  /**
   * A failed {@link Statement.Lookup}.
   *
   * @param site the number of the indexed access; -1 if none failed
   * @param value what the index was
   */
  public record Fault(long site, long value) {
    static final Fault NONE = new Fault(-1, 0);
  }

  /**
   * Runs an entry.
   *
   * @param symbol the entry's exported symbol
   * @param symbols values of the function's symbols, by name
   * @param parameters inputs, then results
   * @param weights the weight table
   * @return the first failed lookup
   * @throws IndexOutOfBoundsException if a kernel reads or writes outside of its memory
   */
  public Fault run(
      String symbol,
      Map<String, Long> symbols,
      List<MemorySegment> parameters,
      List<MemorySegment> weights,
      int workers) {
    TileProgram.Entry entry =
        program.entries().stream()
            .filter(candidate -> candidate.symbol().equals(symbol))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no entry exports '" + symbol + "'"));
    TileFunction function = program.function(entry.function());
    List<MemorySegment> own = weights.subList(entry.weightBase(), weights.size());
    try (Arena memory = Arena.ofConfined()) {
      MemorySegment arena =
          memory.allocate(Math.max(64, arenaBytes(function, symbols)), 64).fill(GARBAGE);
      Call call = new Call(symbols, workers);
      call.run(function, new Frame(parameters, arena, own, 0));
      return call.fault;
    }
  }

  /**
   * Bytes of arena that a function and its callees need, callees' frames starting where the
   * caller's ends.
   */
  public long arenaBytes(TileFunction function, Map<String, Long> symbols) {
    long callees = 0;
    for (Step step : function.steps()) {
      if (step instanceof Step.Call call) {
        callees = Math.max(callees, arenaBytes(program.function(call.function()), symbols));
      }
    }
    return function.frameBytes().evaluate(symbols::get) + callees;
  }

  /** What a function's steps refer to. */
  private record Frame(
      List<MemorySegment> parameters,
      MemorySegment arena,
      List<MemorySegment> weights,
      long site) {}

  private final class Call {
    private final Map<String, Long> symbols;
    private final int workers;
    private boolean descending;
    private Fault fault = Fault.NONE;

    Call(Map<String, Long> symbols, int workers) {
      this.symbols = symbols;
      this.workers = workers;
    }

    void run(TileFunction function, Frame frame) {
      long own = function.frameBytes().evaluate(symbols::get);
      for (Step step : function.steps()) {
        switch (step) {
          case Step.Run run ->
              run(program.kernel(run.kernel()), arguments(run.arguments(), frame), frame.site());
          case Step.Call call ->
              run(
                  program.function(call.function()),
                  new Frame(
                      arguments(call.arguments(), frame),
                      frame.arena().asSlice(own),
                      frame.weights().subList(call.weightBase(), frame.weights().size()),
                      frame.site() + call.siteBase()));
        }
      }
    }

    private List<MemorySegment> arguments(List<Argument> arguments, Frame frame) {
      List<MemorySegment> all = new ArrayList<>();
      for (Argument argument : arguments) {
        all.add(
            switch (argument) {
              case Argument.Parameter(int index) -> frame.parameters().get(index);
              case Argument.Weight(int index) -> frame.weights().get(index);
              case Argument.Frame place ->
                  frame.arena().asSlice(place.offset().evaluate(symbols::get));
            });
      }
      return all;
    }

    private void run(Kernel kernel, List<MemorySegment> arguments, long site) {
      for (int i = 0; i < workers; i++) {
        int worker = descending ? workers - 1 - i : i;
        try (Arena memory = Arena.ofConfined()) {
          Map<Buffer, MemorySegment> buffers = new HashMap<>();
          for (int p = 0; p < arguments.size(); p++) {
            buffers.put(kernel.parameters().get(p), arguments.get(p));
          }
          for (Kernel.Scratch own : kernel.scratch()) {
            long bytes = own.elements().evaluate(symbols::get) * own.buffer().dtype().bytes();
            buffers.put(own.buffer(), memory.allocate(bytes, 64).fill(GARBAGE));
          }
          Map<String, Long> variables = new HashMap<>();
          kernel.symbols().forEach(symbol -> variables.put(symbol, symbols.get(symbol)));
          variables.put("worker", (long) worker);
          variables.put("workers", (long) workers);
          KernelRun run = new KernelRun(machine, kernel, buffers, variables, site);
          run.execute();
          if (fault.equals(Fault.NONE)) {
            fault = run.fault();
          }
        }
      }
      descending = !descending;
    }
  }
}
