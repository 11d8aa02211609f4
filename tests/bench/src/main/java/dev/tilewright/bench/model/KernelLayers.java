package dev.tilewright.bench.model;

import static dev.tilewright.Operators.attention;

import dev.tilewright.Block;
import dev.tilewright.LayerNorm;
import dev.tilewright.Linear;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/** The weights of one step of {@link Kernels}. */
@Block
public interface KernelLayers {
  int PRODUCT = 768;
  int NORM = 384;

  @Linear(out = PRODUCT, bias = false)
  @Weights("product")
  Tensor product(Tensor x);

  @LayerNorm
  @Weights("norm")
  Tensor norm(Tensor x);

  /** Attention of 12 heads over itself. */
  default Tensor attend(Tensor x) {
    return attention(x, x, x, 12);
  }

  /** A layer norm. */
  default Tensor normalise(Tensor x) {
    return norm(x);
  }
}
