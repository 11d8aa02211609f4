package dev.tilewright.codegen.tile;

import dev.tilewright.Dim;
import java.util.List;

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
  }

  /**
   * An entry.
   *
   * @param symbol what the library exports
   * @param weightBase where its function's weights start in the weight table
   */
  public record Entry(String symbol, String function, int weightBase) {}
}
