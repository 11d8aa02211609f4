package dev.tilewright.codegen.tile;

import dev.tilewright.DType;

/**
 * Arithmetic with bf16 numbers to the last bit, on raw bits.
 *
 * <p>Instructions read binary32 and bf16 numbers below 2^-126 as zero and give zero for such
 * results; elsewhere these numbers are ordinary. In all else they agree.
 */
final class Bfloat16 {
  private Bfloat16() {}

  /** The nearest bf16 number, ties to even, as binary32. */
  static int round(int value, boolean flushes) {
    return DType.bfloat16Bits(Float.intBitsToFloat(flushes ? flush(value) : value)) << 16;
  }

  /** {@code fma(left[0], right[0], fma(left[1], right[1], addend))}. */
  static int dot(int left, int right, int addend, boolean flushes) {
    int odd = step(left & 0xFFFF0000, right & 0xFFFF0000, addend, flushes);
    return step(left << 16, right << 16, odd, flushes);
  }

  private static int step(int left, int right, int addend, boolean flushes) {
    return flushes
        ? flush(Arithmetic.multiplyAdd(true, flush(left), flush(right), flush(addend)))
        : Arithmetic.multiplyAdd(true, left, right, addend);
  }

  private static int flush(int bits) {
    return Math.abs(Float.intBitsToFloat(bits)) < Float.MIN_NORMAL
        ? bits & Integer.MIN_VALUE
        : bits;
  }
}
