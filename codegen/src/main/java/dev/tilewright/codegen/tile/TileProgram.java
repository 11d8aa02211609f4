package dev.tilewright.codegen.tile;

import dev.tilewright.Dim;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A whole library: kernels, the functions that run them in order, and which functions are entries.
 *
 * @param kernels each once, however often it runs
 * @param functions callees before callers
 */
public record TileProgram(
    String model, List<Kernel> kernels, List<TileFunction> functions, List<Entry> entries) {
  public TileProgram {
    kernels = List.copyOf(kernels);
    functions = List.copyOf(functions);
    entries = List.copyOf(entries);
  }

  /** The same program with other kernels. */
  public TileProgram withKernels(List<Kernel> others) {
    return new TileProgram(model, others, functions, entries);
  }

  /** The function of that name. */
  public TileFunction function(String name) {
    return functions.stream().filter(f -> f.name().equals(name)).findFirst().orElseThrow();
  }

  /** The kernel of that name. */
  public Kernel kernel(String name) {
    return kernels.stream().filter(k -> k.name().equals(name)).findFirst().orElseThrow();
  }

  /**
   * Steps with a barrier after each. Parameters: the symbols, the buffers, the frame in the arena,
   * the weight table from the call's base on, the number of the call's first site.
   *
   * @param parameters inputs, then results
   * @param weights how many words of the weight table are its own; those of callees follow in the
   *     order of the calls
   * @param frameBytes the function's own arena bytes; callees' frames start there
   */
  public record TileFunction(
      String name,
      List<String> symbols,
      int parameters,
      int weights,
      Dim frameBytes,
      List<Step> steps) {
    public TileFunction {
      symbols = List.copyOf(symbols);
      steps = List.copyOf(steps);
    }
  }

  /** A part of a function. */
  public sealed interface Step {
    /** Runs a kernel, whose sites count from the function's. */
    record Run(String kernel, List<Argument> arguments) implements Step {
      public Run {
        arguments = List.copyOf(arguments);
      }
    }

    /**
     * Runs kernels that treat each row by itself one after another for some rows, then for the
     * next, so that what one leaves is in the cache when the next reads it. Each worker does so for
     * its own rows, without waiting in between. Where a worker would have fewer than {@link
     * #LEAST_ROWS}, or a clock is set, each kernel runs for all rows, by all workers, before the
     * next. Either way an element gets the same bits.
     *
     * @param rows how many rows there are: a product of different symbols. Kernels for some of them
     *     are told of their count in place of the first symbol, and of 1 in place of the others
     * @param most how many rows a block has at most, a multiple of {@link #UNIT}
     */
    record Blocks(Dim rows, int most, List<Run> runs) implements Step {
      /** Shares of the rows begin at multiples. */
      public static final int UNIT = 16;

      /** With fewer rows a worker, columns are shared out as well. */
      public static final int LEAST_ROWS = 32;

      public Blocks {
        runs = List.copyOf(runs);
      }

      /** The symbols of kernels that are told of fewer rows. */
      public Map<String, Index> symbols(Index count) {
        Map<String, Index> symbols = new HashMap<>();
        for (String symbol : rows.symbols()) {
          symbols.put(symbol, symbols.isEmpty() ? count : Index.ONE);
        }
        return symbols;
      }

      /** The first row of a worker, or of the next. */
      public static Index share(Index rows, Index worker, Index workers) {
        Index units = rows.ceilDividedBy(UNIT);
        return units.times(worker).dividedBy(workers).times(UNIT).min(rows);
      }
    }

    /**
     * Calls a function.
     *
     * @param weightBase where its weights start, counted from the caller's
     * @param siteBase what its sites' numbers start from, counted from the caller's
     */
    record Call(String function, List<Argument> arguments, int weightBase, int siteBase)
        implements Step {
      public Call {
        arguments = List.copyOf(arguments);
      }
    }
  }

  /** The memory handed over for a buffer. */
  public sealed interface Argument {
    /** A parameter of the function. */
    record Parameter(int index) implements Argument {}

    /** Bytes from the start of the function's frame, a multiple of 64. */
    record Frame(Dim offset) implements Argument {}

    /** A word of the weight table, counted from the function's base. */
    record Weight(int index) implements Argument {}

    /**
     * In {@link Step.Blocks}: of a buffer that holds rows, where those at hand lie.
     *
     * @param rowBytes what a row takes
     * @param inner whether nothing outside of the step reads or writes it, so that a worker's rows
     *     all lie where its first row does
     */
    record Rows(Argument buffer, long rowBytes, boolean inner) implements Argument {}
  }

  /**
   * An entry.
   *
   * @param symbol what the library exports
   * @param weightBase where its function's weights start in the weight table
   */
  public record Entry(String symbol, String function, int weightBase) {}
}
