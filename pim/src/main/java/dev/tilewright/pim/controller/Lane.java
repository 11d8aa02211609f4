package dev.tilewright.pim.controller;

/**
 * One adder and one multiplier with an exponent unit, and the functions that PIM-GPT builds on
 * them. A lane does one operation a cycle and counts them; every function takes the same number for
 * every argument. Constants {@code .._OPERATIONS} state it for {@code refinements} Newton steps.
 */
public final class Lane {
  static final int EXP_OPERATIONS = 19;

  private static final float LOG2_E = 1.44269504f;
  private static final float SMALLEST = -87;
  private static final float LARGEST = 88;

  private final Arithmetic arithmetic;
  private final float ln2High;
  private final float ln2Low;
  private long operations;

  /** A lane that has done nothing. */
  public Lane(Arithmetic arithmetic) {
    this.arithmetic = arithmetic;
    // 10 significant bits (4 in bf16), so that a multiple by an exponent is exact in fp32
    ln2High = arithmetic == Arithmetic.FP32 ? 0.693359375f : 0.6875f;
    ln2Low = arithmetic.round((float) (Math.log(2) - ln2High));
  }

  /** Operations since the lane was made. */
  public long operations() {
    return operations;
  }

  /**
   * Newton steps that a start within 1/17 or 3.5 % needs: (1/17)^8 is below 2^-24, (1/17)^4 below
   * 2^-9.
   */
  static int refinements(Arithmetic arithmetic) {
    return arithmetic == Arithmetic.FP32 ? 3 : 2;
  }

  static int reciprocalOperations(Arithmetic arithmetic) {
    return 4 + 4 * refinements(arithmetic);
  }

  static int inverseRootOperations(Arithmetic arithmetic) {
    return 3 + 4 * refinements(arithmetic);
  }

  static int sigmoidOperations(Arithmetic arithmetic) {
    return EXP_OPERATIONS + 1 + reciprocalOperations(arithmetic);
  }

  /** Their sum, rounded. */
  public float add(float a, float b) {
    operations++;
    return arithmetic.round(a + b);
  }

  /** Their product, rounded. */
  public float multiply(float a, float b) {
    operations++;
    return arithmetic.round(a * b);
  }

  /** The greater. */
  public float max(float a, float b) {
    operations++;
    return Math.max(a, b);
  }

  /**
   * {@code e^x = 2^k e^r} with {@code k = round(x / ln 2)}, {@code |r| <= ln 2 / 2} and the first
   * six terms of the Taylor series in {@code r}, whose rest is below {@code 3e-6 e^r}. 0 below -87,
   * {@code e^88} above 88.
   */
  public float exp(float x) {
    float bounded = Math.max(SMALLEST, Math.min(LARGEST, x));
    int k = (int) Math.rint(multiply(bounded, arithmetic.round(LOG2_E)));
    float r = add(bounded, -multiply(k, ln2High));
    r = add(r, -multiply(k, ln2Low));
    float sum = arithmetic.round(1 / 120f);
    for (float coefficient : new float[] {1 / 24f, 1 / 6f, 1 / 2f, 1, 1}) {
      sum = add(multiply(sum, r), arithmetic.round(coefficient));
    }
    operations += 4; // two bounds, rounding to k, exponent
    return x < SMALLEST ? 0 : Math.scalb(sum, k);
  }

  /**
   * {@code 1 / d} by Newton and Raphson: {@code d = m 2^e} with {@code m} in [1/2, 1) starts at
   * {@code 48/17 - 32/17 m} and refines {@code y += y (1 - m y)}. Infinite for 0 and subnormals.
   */
  public float reciprocal(float d) {
    int e = Math.getExponent(d) + 1;
    float m = Math.scalb(Math.abs(d), -e);
    float y = add(arithmetic.round(48 / 17f), -multiply(arithmetic.round(32 / 17f), m));
    for (int i = 0; i < refinements(arithmetic); i++) {
      y = add(y, multiply(y, add(1, -multiply(m, y))));
    }
    operations += 2; // exponent off and on
    if (Float.isNaN(d)) {
      return d;
    }
    boolean tiny = Math.getExponent(d) < Float.MIN_EXPONENT;
    float result = tiny ? Float.POSITIVE_INFINITY : Float.isInfinite(d) ? 0 : Math.scalb(y, -e);
    return Math.copySign(result, d);
  }

  /**
   * {@code 1 / sqrt(x)} of a positive normal number by the fast inverse square root: a start within
   * 3.5 % from the bits, then {@code y *= 3/2 - x/2 y y}.
   */
  public float inverseRoot(float x) {
    float half = multiply(0.5f, x);
    float y = Float.intBitsToFloat(0x5f3759df - (Float.floatToRawIntBits(x) >> 1));
    y = arithmetic.round(y);
    for (int i = 0; i < refinements(arithmetic); i++) {
      y = multiply(y, add(1.5f, -multiply(multiply(half, y), y)));
    }
    operations += 2; // shift and subtract
    return y;
  }

  /** {@code 1 / (1 + e^-x)}, of {@code -x}. */
  public float sigmoidOfNegative(float negative) {
    return reciprocal(add(1, exp(negative)));
  }
}
