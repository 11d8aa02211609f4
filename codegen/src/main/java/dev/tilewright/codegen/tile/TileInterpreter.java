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
          case Step.Run run -> run(run, frame);
          case Step.Blocks blocks -> blocks(blocks, frame);
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

    /** By all workers, one after another. */
    private void run(Step.Run run, Frame frame) {
      Kernel kernel = program.kernel(run.kernel());
      List<MemorySegment> arguments = arguments(run.arguments(), frame);
      for (int i = 0; i < workers; i++) {
        run(kernel, arguments, symbols, frame.site(), descending ? workers - 1 - i : i, workers);
      }
      descending = !descending;
    }

    private void blocks(Step.Blocks blocks, Frame frame) {
      long rows = blocks.rows().evaluate(symbols::get);
      if (rows < (long) workers * Step.Blocks.LEAST_ROWS) {
        blocks.runs().forEach(run -> run(run, frame));
        return;
      }
      for (int i = 0; i < workers; i++) {
        int worker = descending ? workers - 1 - i : i;
        long first = share(rows, worker);
        long end = share(rows, worker + 1);
        for (long row = first; row < end; row += blocks.most()) {
          Map<String, Long> own = new HashMap<>(symbols);
          Index count = Index.of(Math.min(blocks.most(), end - row));
          blocks.symbols(count).forEach((name, value) -> own.put(name, value.evaluate(own::get)));
          for (Step.Run run : blocks.runs()) {
            List<MemorySegment> arguments = new ArrayList<>();
            for (Argument argument : run.arguments()) {
              long at =
                  argument instanceof Argument.Rows(Argument _, long bytes, boolean inner)
                      ? bytes * (inner ? first : row)
                      : 0;
              arguments.add(argument(argument, frame).asSlice(at));
            }
            run(program.kernel(run.kernel()), arguments, own, frame.site(), 0, 1);
          }
        }
      }
      descending = !descending;
    }

    private long share(long rows, int worker) {
      return Step.Blocks.share(Index.of(rows), Index.of(worker), Index.of(workers))
          .evaluate(symbols::get);
    }

    private List<MemorySegment> arguments(List<Argument> arguments, Frame frame) {
      return arguments.stream().map(argument -> argument(argument, frame)).toList();
    }

    private MemorySegment argument(Argument argument, Frame frame) {
      return switch (argument) {
        case Argument.Parameter(int index) -> frame.parameters().get(index);
        case Argument.Weight(int index) -> frame.weights().get(index);
        case Argument.Frame place -> frame.arena().asSlice(place.offset().evaluate(symbols::get));
        case Argument.Rows rows -> argument(rows.buffer(), frame);
      };
    }

    private void run(
        Kernel kernel,
        List<MemorySegment> arguments,
        Map<String, Long> extents,
        long site,
        long worker,
        long count) {
      try (Arena memory = Arena.ofConfined()) {
        Map<Buffer, MemorySegment> buffers = new HashMap<>();
        for (int p = 0; p < arguments.size(); p++) {
          buffers.put(kernel.parameters().get(p), arguments.get(p));
        }
        for (Kernel.Scratch own : kernel.scratch()) {
          if (own.over().isPresent()) {
            buffers.put(own.buffer(), buffers.get(own.over().get()));
            continue;
          }
          long bytes = own.elements().evaluate(extents::get) * own.buffer().dtype().bytes();
          buffers.put(own.buffer(), memory.allocate(bytes, 64).fill(GARBAGE));
        }
        Map<String, Long> variables = new HashMap<>();
        kernel.symbols().forEach(symbol -> variables.put(symbol, extents.get(symbol)));
        variables.put("worker", worker);
        variables.put("workers", count);
        KernelRun run = new KernelRun(machine, kernel, buffers, variables, site);
        run.execute();
        if (fault.equals(Fault.NONE)) {
          fault = run.fault();
        }
      }
    }
  }
}
