package dev.tilewright.pim.controller;

/** What a {@link VectorUnit} computes, for its cost. */
public enum VectorFunction {
  SOFTMAX,
  LAYER_NORM,
  RMS_NORM,
  GELU,
  SILU,
  ROTARY,
  MULTIPLY,
  ADD
}
