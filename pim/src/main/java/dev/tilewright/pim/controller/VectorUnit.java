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

  /**
   * Rotary positions (arXiv 2104.09864): the first {@code 2 pairs} elements of each head are turned
   * in pairs, the others stay.
   *
   * <pre>
   * y_a = x_a cos_i - x_b sin_i      a, b = i, i + pairs     or, as neighbours, 2i, 2i + 1
   * y_b = x_b cos_i + x_a sin_i
   * </pre>
   *
   * @param x heads side by side
   * @param head elements of a head
   * @param cos of each pair's angle, from a table of positions, {@code pairs} of them
   * @param sin likewise
   * @param neighbours whether pairs are neighbours
   * @throws IllegalArgumentException if heads do not divide {@code x} or are shorter than the pairs
   */
  float[] rotary(float[] x, int head, float[] cos, float[] sin, boolean neighbours);

  /** {@code a_i b_i}. */
  float[] multiply(float[] a, float[] b);

  /** {@code a_i + b_i}. */
  float[] add(float[] a, float[] b);

  /** Seconds that a function of {@code n} elements takes; of rotary, {@code n} that are turned. */
  double seconds(VectorFunction function, int n);
}
