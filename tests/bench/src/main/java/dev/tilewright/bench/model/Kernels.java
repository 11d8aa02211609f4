package dev.tilewright.bench.model;

import static dev.tilewright.Operators.gelu;

import dev.tilewright.CompiledModel;
import dev.tilewright.Entry;
import dev.tilewright.Model;
import dev.tilewright.Precision;
import dev.tilewright.Repeat;
import dev.tilewright.Shape;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/**
 * Single kernels, each several times in one call, so that the call itself and the copies of its
 * argument and result are lost in the work.
 */
@Model(precisions = {Precision.FLOAT32, Precision.BFLOAT16, Precision.INT8})
public interface Kernels extends CompiledModel {
  int STEPS = 8;

  /** Norms and activations take little time, so there are more of them. */
  int ROUNDS = 8;

  @Repeat(STEPS)
  @Weights("{i}")
  KernelLayers step(int i);

  /** Products with matrices of 768 x 768. */
  @Entry
  default @Shape({"M", "768"}) Tensor product(@Shape({"M", "768"}) Tensor x) {
    for (int i = 0; i < STEPS; i++) {
      x = step(i).product(x);
    }
    return x;
  }

  /** Attention of 12 heads of 32 over itself. */
  @Entry
  default @Shape({"B", "S", "384"}) Tensor attention32(@Shape({"B", "S", "384"}) Tensor x) {
    for (int i = 0; i < STEPS; i++) {
      x = step(i).attend(x);
    }
    return x;
  }

  /** Attention of 12 heads of 64 over itself. */
  @Entry
  default @Shape({"B", "S", "768"}) Tensor attention64(@Shape({"B", "S", "768"}) Tensor x) {
    for (int i = 0; i < STEPS; i++) {
      x = step(i).attend(x);
    }
    return x;
  }

  /** Layer norms of rows of 384. */
  @Entry
  default @Shape({"M", "384"}) Tensor layerNorm(@Shape({"M", "384"}) Tensor x) {
    for (int i = 0; i < ROUNDS; i++) {
      x = step(i % STEPS).normalise(x);
    }
    return x;
  }

  /** GELU of every element. */
  @Entry
  default @Shape({"M", "1536"}) Tensor activation(@Shape({"M", "1536"}) Tensor x) {
    for (int i = 0; i < ROUNDS; i++) {
      x = gelu(x);
    }
    return x;
  }
}
