package dev.tilewright.processor.read;

import dev.tilewright.Dim;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.graph.GraphBuilder;
import dev.tilewright.op.TensorType;
import dev.tilewright.op.WeightSource;

/** Weights and states of a block as nodes of a graph. */
record BlockWeights(GraphBuilder builder, String prefix) implements WeightSource {
  @Override
  public Tensor weight(String name, TensorType type) {
    return builder.weight(prefix + name, type);
  }

  @Override
  public Tensor append(String name, int capacity, int window, Tensor rows) {
    return builder.append(prefix + name, capacity, window, rows);
  }

  @Override
  public Dim before(Dim rows) {
    return builder.before(rows);
  }
}
