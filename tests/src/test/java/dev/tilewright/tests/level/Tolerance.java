package dev.tilewright.tests.level;

import dev.tilewright.op.Primitive.UnaryKind;

/**
 * How far FLOAT32 results may lie from exact ones, per operation; {@link BoundedEvaluator} carries
 * the bounds through a whole model.
 *
 * <p>u is the unit roundoff 2^-24. One rounding changes a value by at most {@code u*|value|}, n of
 * them by at most {@code gamma(n)*|value|} (Higham, Accuracy and Stability of Numerical Algorithms,
 * section 3.1); this holds for sums in any order, fused multiply-adds included. Fusion may compute
 * an operation otherwise (a scale moved to another factor, a running sum rescaled), hence {@link
 * #SLACK} roundings are granted for each.
 */
final class Tolerance {
  /** The unit roundoff of FLOAT32. */
  static final double U = 0x1p-24;

  /** Roundings granted for each operation where plain evaluation has one. */
  static final int SLACK = 2;

  /** The least normal number: results below may be flushed. */
  static final double TINY = Float.MIN_NORMAL;

  private Tolerance() {}

  /** {@code n u/(1 - n u)}. */
  static double gamma(long n) {
    return n * U / (1 - n * U);
  }

  /** The bound of one elementary operation. */
  static double rounding(double value) {
    return gamma(SLACK) * Math.abs(value) + TINY;
  }

  /**
   * The bound of a sum of n terms (products, in a contraction).
   *
   * @param magnitude the sum of the terms' absolute values
   */
  static double sum(long n, double magnitude) {
    return gamma(n + SLACK) * magnitude + n * TINY;
  }

  /** The bound of a function's own error at the value, for exact arguments. */
  static double function(UnaryKind kind, double value) {
    return switch (kind) {
      case NEG, ABS, FLOOR, ROUND, NOT -> 0;
      case SQRT -> rounding(value);
      case RSQRT -> gamma(4) * Math.abs(value) + TINY;
      // The argument's reduction and a polynomial of the order of the argument's roundings.
      case EXP -> gamma(16) * Math.abs(value) + TINY;
      case LOG -> gamma(8) * (Math.abs(value) + 1);
      case COARSE_EXP -> 0x1p-13 * Math.abs(value) + TINY;
      case COARSE_ERF -> 0x1p-12;
      // Of the order of 1 wherever they are used; relative accuracy at 0 is not promised.
      case TANH, ERF, SIN, COS -> gamma(16);
    };
  }
}
