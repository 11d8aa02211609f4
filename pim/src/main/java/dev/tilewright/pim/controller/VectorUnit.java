package dev.tilewright.pim.controller;

/**
 * Functions of vectors that are not products with matrices. Vectors come and go as fp32; results
 * are new arrays.
 */
public sealed interface VectorUnit permits Controller, Host {

  /** {@code e^(scale (x_i - max x)) / sum_j e^(scale (x_j - max x))}, {@code scale > 0}. */
  float[] softmax(float[] x, float scale);

  /** {@code (x_i - mean x) / sqrt(var x + eps) gain_i + bias_i}. */
  float[] layerNorm(float[] x, float[] gain, float[] bias, float eps);

  /** {@code x_i / sqrt(mean x^2 + eps) gain_i}. */
  float[] rmsNorm(float[] x, float[] gain, float eps);

  /** GELU by tanh: {@code x / (1 + e^-2u)}, {@code u = sqrt(2 / pi) (x + 0.044715 x^3)}. */
  float[] gelu(float[] x);

  /** {@code x / (1 + e^-x)}. */
  float[] silu(float[] x);

  /** {@code a_i + b_i}. */
  float[] add(float[] a, float[] b);

  /** Seconds that a function of {@code n} elements takes. */
  double seconds(VectorFunction function, int n);
}
