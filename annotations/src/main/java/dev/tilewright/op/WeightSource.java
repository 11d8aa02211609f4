package dev.tilewright.op;

import dev.tilewright.Tensor;

/**
 * Gives a layer its weights: from a file when the model runs eagerly, as nodes of the graph when it
 * is compiled.
 */
@FunctionalInterface
public interface WeightSource {
  /**
   * The weight of the given name, relative to the block that the layer stands in.
   *
   * @throws TensorTypeException if the same name was asked for with another type before
   */
  Tensor weight(String name, TensorType type);
}
