package dev.tilewright.bench.mode;

import dev.tilewright.bench.model.KernelLayers;
import dev.tilewright.bench.model.Kernels;
import dev.tilewright.bench.peer.Precision;

/** A row of the table of kernels: a method of {@link KernelBench} and what it computes. */
enum Kernel {
  PRODUCT_8("product8", "product 8x768x768", product(8), Precision.INT8),
  PRODUCT_128("product128", "product 128x768x768", product(128), Precision.INT8),
  ATTENTION_32("attention32", "attention 12x512x32", attention(384), Precision.BF16),
  ATTENTION_64("attention64", "attention 12x512x64", attention(768), Precision.BF16),
  LAYER_NORM(
      "layerNorm",
      "layer norm of 384",
      Counted.NORM * Kernels.ROUNDS * KernelBench.NORM_ROWS * 384,
      Precision.FP32),
  GELU(
      "gelu",
      "gelu",
      Counted.GELU * Kernels.ROUNDS * KernelBench.ACTIVATION_ROWS * 1536,
      Precision.FP32);

  /** Operations an element; what is not a product has no natural count. */
  private static final class Counted {
    /** Sum, difference, square and sum, scale, gain and bias. */
    static final double NORM = 7;

    /** A polynomial of degree 4 in |x|, and its absolute value, maximum and difference. */
    static final double GELU = 11;
  }

  final String method;
  final String title;
  final double flops;

  /** The narrowest that it multiplies in. */
  private final Precision narrowest;

  Kernel(String method, String title, double flops, Precision narrowest) {
    this.method = method;
    this.title = title;
    this.flops = flops;
    this.narrowest = narrowest;
  }

  /** Whether it is another one in that precision than in those before. */
  boolean takes(Precision precision) {
    return precision.compareTo(narrowest) <= 0;
  }

  private static double product(int rows) {
    return 2.0 * Kernels.STEPS * rows * KernelLayers.PRODUCT * KernelLayers.PRODUCT;
  }

  private static double attention(int width) {
    return 4.0 * Kernels.STEPS * KernelBench.TOKENS * KernelBench.TOKENS * width;
  }
}
