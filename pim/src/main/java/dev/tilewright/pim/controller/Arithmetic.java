package dev.tilewright.pim.controller;

import dev.tilewright.pim.compute.Bf16;

/** The type to which every addition and multiplication rounds. */
public enum Arithmetic {
  FP32,
  BF16;

  /** {@code value} in this type, to nearest even. */
  public float round(float value) {
    return this == FP32 ? value : Bf16.widen(Bf16.round(value));
  }
}
