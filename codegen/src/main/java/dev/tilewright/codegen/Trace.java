package dev.tilewright.codegen;

import dev.tilewright.codegen.cost.TileSize;
import dev.tilewright.codegen.graph.Origin;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Listens to a compilation: for people who want to see what was done and why. Hears nothing of what
 * it does not override.
 */
public interface Trace {
  /** Hears nothing. */
  Trace NONE = new Trace() {};

  /**
   * A pass has finished.
   *
   * @param stage {@code lower}, {@code fuse}, {@code tile} or {@code emit}
   * @param name the pass, in words
   * @param text the program after it
   */
  default void pass(String stage, String name, String text) {}

  /** A rewrite was done or refused. */
  default void explain(Decision decision) {}

  /** A function's buffers were placed. */
  default void plan(BufferPlan plan) {}

  /** What a kernel is expected to cost. */
  default void estimate(Estimate estimate) {}

  /** The size of a kernel's tiles was chosen. */
  default void choose(Choice choice) {}

  /**
   * @param kernel the kernel
   * @param product what it multiplies, as in {@link dev.tilewright.codegen.cost.Tuning}
   * @param sizes those that fit the registers and promise most, and the cycles that the cost model
   *     expects of each
   * @param chosen the one that was taken
   * @param measured whether because it was measured
   */
  record Choice(
      String kernel,
      String product,
      Map<TileSize, Double> sizes,
      TileSize chosen,
      boolean measured) {}

  /**
   * @param kernel its name
   * @param symbols its symbolic extents
   * @param what what it computes
   * @param cycles what the cost model expects of one worker that runs it alone, with operands in
   *     the near caches, given the values of the symbolic extents
   */
  record Estimate(
      String kernel,
      List<String> symbols,
      String what,
      ToDoubleFunction<Map<String, Long>> cycles) {
    public Estimate {
      symbols = List.copyOf(symbols);
    }
  }

  /**
   * @param function the function it happened in
   * @param rule the rewrite, such as {@code stream-softmax}
   * @param applied whether it was done
   * @param why one sentence: what made it legal, or what forbade it
   * @param origin the expression of the declaration
   */
  record Decision(String function, String rule, boolean applied, String why, Origin origin) {
    @Override
    public String toString() {
      return (applied ? "done    " : "refused ")
          + rule
          + " in "
          + function
          + " at "
          + origin
          + ": "
          + why;
    }
  }

  /** The buffers of a function: when each is alive and where it lies. */
  record BufferPlan(String function, List<String> steps, List<Slot> slots) {
    /**
     * @param buffer the value held
     * @param offset where it starts, in bytes from the function's frame
     * @param bytes how long it is
     * @param firstStep the step that writes it
     * @param lastStep the last step that reads it
     */
    public record Slot(String buffer, String offset, String bytes, int firstStep, int lastStep) {}
  }
}
