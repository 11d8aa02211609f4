package dev.tilewright.op;

import dev.tilewright.Dim;
import dev.tilewright.Tensor;

/**
 * Gives a layer its weights, from a file when the model runs eagerly, as nodes of the graph when it
 * is compiled; and likewise what its session remembers.
 */
@FunctionalInterface
public interface WeightSource {
  /**
   * The weight of the given name, relative to the block that the layer stands in.
   *
   * @throws TensorTypeException if the same name was asked for with another type before
   */
  Tensor weight(String name, TensorType type);

  /**
   * Appends rows to a state.
   *
   * @param name relative to the block that the layer stands in
   * @param capacity how many rows it can hold
   * @param window how many rows before each it must hold; 0 for all
   * @param rows {@code [1, S, ..]}
   * @return all rows, {@code [1, context, ..]}; with a window those held, {@code [1, recent, ..]}
   * @throws TensorTypeException if the rows are not of that form, or the state was appended to
   *     before in this call
   */
  default Tensor append(String name, int capacity, int window, Tensor rows) {
    throw new UnsupportedOperationException("no session is at hand");
  }

  /** How many rows the session held before a call that brings so many. */
  default Dim before(Dim rows) {
    throw new UnsupportedOperationException("no session is at hand");
  }
}
