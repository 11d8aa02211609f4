package dev.tilewright.bench.machine;

import java.util.Set;

/** A kind of multiply-add that a CPU may have instructions for, and so a peak of its own. */
public enum Arithmetic {
  /** Fused multiply-adds of 32-bit floats. */
  FP32("fp32", 2),
  /** Sums of two products of bf16 in 32-bit floats. */
  BF16("bf16", 4),
  /** Sums of four products of unsigned and signed bytes in 32-bit integers. */
  INT8("int8", 8);

  private final String label;
  private final int operations;

  Arithmetic(String label, int operations) {
    this.label = label;
    this.operations = operations;
  }

  /** What tables call it. */
  public String label() {
    return label;
  }

  /** Operations of one instruction in one 32-bit lane; a multiply-add counts as two. */
  int operations() {
    return operations;
  }

  boolean runsOn(Set<String> features) {
    return switch (this) {
      case FP32 -> true;
      case BF16 -> features.contains("avx512_bf16");
      case INT8 -> features.contains("avx512_vnni");
    };
  }
}
