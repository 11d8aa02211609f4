package dev.tilewright.bench.model;

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
}
