package dev.tilewright.bench.peer;

import dev.tilewright.bench.machine.Arithmetic;

/** What an implementation computes in. */
public enum Precision {
  FP32("fp32", Arithmetic.FP32),
  BF16("bf16", Arithmetic.BF16),
  INT8("int8", Arithmetic.INT8);

  private final String label;
  private final Arithmetic arithmetic;

  Precision(String label, Arithmetic arithmetic) {
    this.label = label;
    this.arithmetic = arithmetic;
  }

  /** What tables and JSON call it. */
  public String label() {
    return label;
  }

  /** Whose peak bounds it. */
  public Arithmetic arithmetic() {
    return arithmetic;
  }

  /** What a ratio is taken to: ONNX Runtime has no bf16, so its fp32 is what a user would leave. */
  public Precision peers() {
    return this == INT8 ? INT8 : FP32;
  }

  @Override
  public String toString() {
    return label;
  }
}
