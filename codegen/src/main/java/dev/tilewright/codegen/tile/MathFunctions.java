package dev.tilewright.codegen.tile;

import dev.tilewright.codegen.tile.Tile.BinaryOp;
import dev.tilewright.codegen.tile.Tile.Shape;
import dev.tilewright.codegen.tile.Tile.UnaryOp;
import java.util.function.UnaryOperator;

/**
 * Functions of one shape in basic operations. Polynomials are minimax fits. A NaN gives NaN, and so
 * does what has no value. Greatest errors over dense samples, in units in the last place of the
 * result, with tables ({@link TableFunctions}), with a fused multiply-add and without:
 *
 * <pre>
 * EXP   1.1   0.9   1.2    from infinity down to 0, results below 2^-126 included
 * LOG   0.9   0.9   0.9
 * TANH  1.8   1.5   1.6
 * ERF   2.5   1.5   2.5
 * RSQRT 1.5   1.5   1.5
 * SIN   1.5   1.5   1.7    up to 2^17 in magnitude
 * COS   1.5   1.5   2.1    up to 2^17 in magnitude
 * POW   30 for results from 2^-14 to 2^20; grows with the result's exponent
 * FLOOR, ROUND       exact
 * COARSE_EXP         2^-13 of the result, with tables; else EXP
 * COARSE_ERF         2^-12, with tables; else ERF
 * </pre>
 */
final class MathFunctions extends Formulas {
  private static final double ROUND = 0x1.8p23;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = (float) (Math.log(2) - 0.693359375);
  private static final float LOG2_E = (float) (1 / Math.log(2));

  /** {@code (exp(r) - 1 - r)/r^2} for |r| up to ln(2)/2; the fit's error is 3e-9. */
  private static final float[] EXP = {
    0.49999994f, 0.1666652f, 0.041668408f, 0.008368905f, 0.0013814158f
  };

  /**
   * {@code (log(1+f) - f + f^2/2)/f^3} for 1+f from sqrt(1/2) to sqrt(2); the fit's error is 6e-9.
   */
  private static final float[] LOG = {
    0.33333331f,
    -0.25000823f,
    0.20001236f,
    -0.166233f,
    0.14201508f,
    -0.13160513f,
    0.12763634f,
    -0.07636256f
  };

  /** {@code erf(x)/x - 1} in x^2 for |x| below 1; the fit's error is 4e-8. */
  private static final float[] ERF_NEAR = {
    0.12837912f, -0.37612325f, 0.11280178f, -0.026711352f, 0.0049176514f, -0.00056319445f
  };

  /** {@code log(1 - erf(x))} for x from 1 to 4; the fit's error is 2e-8 of erf. */
  private static final float[] ERF_FAR = {
    -0.0026716234f, -1.1174388f, -0.65448844f, -0.08863459f, 0.01477829f, -0.0011504496f
  };

  /** {@code (tanh(x)/x - 1)/x^2} in x^2 for |x| below 5/8; the fit's error is 5e-9. */
  private static final float[] TANH_NEAR = {
    -0.3333328f, 0.13331415f, -0.05373777f, 0.020633517f, -0.005699398f
  };

  /** {@code (sin(r)/r - 1)/r^2} in r^2 for |r| up to pi/4; the fit's error is 4e-9. */
  private static final float[] SINE = {-0.16666655f, 0.008332176f, -0.00019516978f};

  /** {@code (cos(r) - 1 + r^2/2)/r^4} in r^2 for |r| up to pi/4; the fit's error is 1e-10. */
  private static final float[] COSINE = {0.041666646f, -0.0013887364f, 2.4438092e-05f};

  /** pi/2 in three floats. */
  private static final float[] QUARTER = {1.5707964f, -4.371139e-08f, -1.7151245e-15f};

  /** pi/2 in three floats of 13 bits and the rest, which numbers of 11 bits multiply exactly. */
  private static final float[] SHORT_QUARTER = {
    0x1.921p0f, 0x1.f6ap-13f, 0x1.11p-26f, 2.563344e-12f
  };

  private final MachineModel machine;

  /**
   * @param shape of all operands
   * @param keep puts a value in a register and returns how it is read
   */
  MathFunctions(Shape shape, MachineModel machine, UnaryOperator<Tile> keep) {
    super(shape, keep);
    this.machine = machine;
  }

  /** {@code exp(x)} within 2^-13 of the result. */
  Tile coarseExp(Tile x) {
    return TableFunctions.has(machine) ? new TableFunctions(shape, keep).coarseExp(x) : exp(x);
  }

  /** {@code erf(x)} within 2^-12. */
  Tile coarseErf(Tile x) {
    return TableFunctions.has(machine) ? new TableFunctions(shape, keep).coarseErf(x) : erf(x);
  }

  /**
   * {@code exp(x) = 2^n * exp(r)}, n the whole number nearest to x/ln(2). exp(0) is 1, below
   * -103.98 it is 0, above 88.73 infinity.
   */
  Tile exp(Tile x) {
    if (TableFunctions.has(machine)) {
      return new TableFunctions(shape, keep).exp(x);
    }
    // Written so that a NaN passes both limits.
    Tile a = keep.apply(max(real(-104), min(real(89), x)));
    Tile biased = keep.apply(fma(a, real(LOG2_E), real(ROUND + 254)));
    Tile n = keep.apply(sub(biased, real(ROUND + 254)));
    Tile r = keep.apply(fma(n, real(-LN2_LOW), fma(n, real(-LN2_HIGH), a)));
    return scaled(exponential(r), biased);
  }

  /** {@code exp(r)} for small r. */
  private Tile exponential(Tile r) {
    return fma(fma(horner(EXP, r), r, real(1)), r, real(1));
  }

  /**
   * {@code p * 2^n}, where the low bits of biased are those of n + 254: in two steps, 2^(n/2
   * rounded down) and the rest, so that results too small or too great for one factor are rounded
   * once.
   */
  private Tile scaled(Tile p, Tile biased) {
    Tile bits = keep.apply(unary(UnaryOp.BITS_TO_INT, biased));
    Tile half = keep.apply(binary(BinaryOp.SHIFT_RIGHT, bits, whole(1)));
    return mul(mul(p, power(half)), power(sub(bits, half)));
  }

  /** 2^(e - 127) for the low bits e of an I32. */
  private Tile power(Tile exponent) {
    return unary(UnaryOp.BITS_TO_FLOAT, binary(BinaryOp.SHIFT_LEFT, exponent, whole(23)));
  }

  /** {@code log(x) = e*ln(2) + log(1+f)}; 0 gives -infinity, less NaN. */
  Tile log(Tile x) {
    Logarithm parts = logarithm(x);
    Tile sum =
        add(
            parts.f(),
            fma(parts.square(), real(-0.5), fma(parts.e(), real(LN2_LOW), parts.cubic())));
    return logarithmOf(x, fma(parts.e(), real(LN2_HIGH), sum));
  }

  /**
   * {@code x = 2^e * (1+f)}, 1+f from sqrt(1/2) to sqrt(2), {@code cubic = log(1+f) - f + f^2/2}.
   */
  private record Logarithm(Tile e, Tile f, Tile square, Tile cubic) {}

  private Logarithm logarithm(Tile x) {
    Tile small = keep.apply(binary(BinaryOp.LT, x, real(Float.MIN_NORMAL)));
    Tile bits = keep.apply(unary(UnaryOp.BITS_TO_INT, select(small, mul(x, real(0x1p23)), x)));
    // The bits of sqrt(1/2) and more count as the next exponent.
    Tile k = keep.apply(binary(BinaryOp.SHIFT_RIGHT, sub(bits, whole(0x3f3504f3)), whole(23)));
    Tile mantissa =
        unary(UnaryOp.BITS_TO_FLOAT, sub(bits, binary(BinaryOp.SHIFT_LEFT, k, whole(23))));
    Tile f = keep.apply(sub(mantissa, real(1)));
    Tile e = keep.apply(add(unary(UnaryOp.TO_FLOAT, k), select(small, real(-23), real(0))));
    Tile square = keep.apply(mul(f, f));
    return new Logarithm(e, f, square, mul(mul(f, square), horner(LOG, f)));
  }

  private Tile logarithmOf(Tile x, Tile finite) {
    Tile positive = select(binary(BinaryOp.LT, x, real(Double.POSITIVE_INFINITY)), finite, x);
    Tile zero = binary(BinaryOp.EQ, x, real(0));
    Tile other = select(zero, real(Double.NEGATIVE_INFINITY), real(Double.NaN));
    return select(binary(BinaryOp.GT, x, real(0)), positive, other);
  }

  /**
   * {@code erf(x) = x + x*P(x^2)} below 1, {@code 1 - exp(Q(|x|))} with the sign of x from 1 on,
   * from 4 on exactly 1.
   */
  Tile erf(Tile x) {
    if (TableFunctions.has(machine)) {
      return new TableFunctions(shape, keep).erf(x);
    }
    Tile a = keep.apply(unary(UnaryOp.ABS, x));
    Tile square = keep.apply(mul(x, x));
    Tile near = fma(x, horner(ERF_NEAR, square), x);
    Tile b = keep.apply(min(real(4), a));
    Tile far = sub(real(1), decay(keep.apply(horner(ERF_FAR, b))));
    return select(binary(BinaryOp.LT, a, real(1)), near, withSign(far, x));
  }

  /**
   * {@code tanh(x) = x + x^3*P(x^2)} below 5/8, {@code (1 - e)/(1 + e)} with {@code e =
   * exp(-2*|x|)} from there on.
   */
  Tile tanh(Tile x) {
    Tile a = keep.apply(unary(UnaryOp.ABS, x));
    Tile square = keep.apply(mul(x, x));
    Tile near = fma(mul(x, square), horner(TANH_NEAR, square), x);
    Tile e = keep.apply(decay(keep.apply(mul(min(real(10), a), real(-2)))));
    Tile far = binary(BinaryOp.DIV, sub(real(1), e), add(real(1), e));
    return select(binary(BinaryOp.LT, a, real(0.625)), near, withSign(far, x));
  }

  /** {@code exp(x)} for x from -20 to 0. */
  private Tile decay(Tile x) {
    if (TableFunctions.has(machine)) {
      return new TableFunctions(shape, keep).power(x);
    }
    Tile biased = keep.apply(fma(x, real(LOG2_E), real(ROUND + 127)));
    Tile n = keep.apply(sub(biased, real(ROUND + 127)));
    Tile r = keep.apply(fma(n, real(-LN2_LOW), fma(n, real(-LN2_HIGH), x)));
    return mul(exponential(r), power(unary(UnaryOp.BITS_TO_INT, biased)));
  }

  /**
   * {@code sin(x + quarters*pi/2)}: of {@code x = n*pi/2 + r} with n the nearest whole number, sine
   * or cosine of r, by n modulo 4. From 2^22 on r is nothing but between -1 and 1.
   */
  Tile sine(Tile x, int quarters) {
    Tile biased = keep.apply(fma(x, real(2 / Math.PI), real(ROUND)));
    Tile n = keep.apply(sub(biased, real(ROUND)));
    Tile r = keep.apply(max(real(-1), min(real(1), withoutQuarters(x, n))));
    Tile square = keep.apply(mul(r, r));
    Tile sine = fma(mul(r, square), horner(SINE, square), r);
    Tile cosine =
        fma(mul(square, square), horner(COSINE, square), fma(square, real(-0.5), real(1)));
    Tile quarter = keep.apply(add(unary(UnaryOp.BITS_TO_INT, biased), whole(quarters)));
    Tile odd = binary(BinaryOp.EQ, binary(BinaryOp.AND, quarter, whole(1)), whole(1));
    Tile bits = unary(UnaryOp.BITS_TO_INT, select(odd, cosine, sine));
    Tile sign = binary(BinaryOp.SHIFT_LEFT, binary(BinaryOp.AND, quarter, whole(2)), whole(30));
    return unary(UnaryOp.BITS_TO_FLOAT, binary(BinaryOp.XOR, bits, sign));
  }

  /** {@code x - n*pi/2}: products are exact, so are the first differences. */
  private Tile withoutQuarters(Tile x, Tile n) {
    Tile rest = x;
    if (machine.hasFma()) {
      for (float part : QUARTER) {
        rest = fma(n, real(-part), rest);
      }
      return rest;
    }
    Tile high = keep.apply(sub(add(n, real(ROUND * 1024)), real(ROUND * 1024)));
    Tile low = keep.apply(sub(n, high));
    for (float part : SHORT_QUARTER) {
      rest = sub(sub(rest, mul(high, real(part))), mul(low, real(part)));
    }
    return rest;
  }

  /** {@code 1/sqrt(x)}, both rounded. */
  Tile rsqrt(Tile x) {
    return binary(BinaryOp.DIV, real(1), unary(UnaryOp.SQRT, x));
  }

  /**
   * {@code |x|^y = 2^(y*log2|x|)} with Java's rules for signs, zeros and infinities. The relative
   * error grows with the exponent {@code |y*log2 x|}.
   */
  Tile pow(Tile x, Tile y) {
    Tile a = keep.apply(unary(UnaryOp.ABS, x));
    Logarithm parts = logarithm(a);
    Tile natural = add(parts.f(), fma(parts.square(), real(-0.5), parts.cubic()));
    Tile exponent = mul(y, logarithmOf(a, fma(natural, real(LOG2_E), parts.e())));
    Tile z = keep.apply(max(real(-151), min(real(129), exponent)));
    Tile biased = keep.apply(add(z, real(ROUND + 254)));
    Tile r = keep.apply(mul(sub(z, sub(biased, real(ROUND + 254))), real((float) Math.log(2))));
    Tile power = keep.apply(scaled(exponential(r), biased));
    Tile isWhole = keep.apply(binary(BinaryOp.EQ, floor(y), y));
    Tile half = keep.apply(mul(y, real(0.5)));
    Tile odd = binary(BinaryOp.AND, isWhole, binary(BinaryOp.NE, floor(half), half));
    Tile sign = binary(BinaryOp.AND, unary(UnaryOp.BITS_TO_INT, x), whole(Integer.MIN_VALUE));
    Tile negated =
        unary(UnaryOp.BITS_TO_FLOAT, binary(BinaryOp.XOR, unary(UnaryOp.BITS_TO_INT, power), sign));
    Tile signed = keep.apply(select(odd, negated, power));
    Tile below =
        binary(
            BinaryOp.AND,
            binary(BinaryOp.LT, x, real(0)),
            binary(BinaryOp.GT, x, real(Double.NEGATIVE_INFINITY)));
    Tile none = binary(BinaryOp.AND, below, unary(UnaryOp.NOT, isWhole));
    Tile result = select(none, real(Double.NaN), signed);
    return select(binary(BinaryOp.EQ, y, real(0)), real(1), result);
  }

  /** {@code floor(x)}, exactly. */
  Tile floor(Tile x) {
    if (machine.hasRounding()) {
      return unary(UnaryOp.FLOOR, x);
    }
    Tile nearest = keep.apply(round(x));
    Tile below =
        keep.apply(sub(nearest, select(binary(BinaryOp.GT, nearest, x), real(1), real(0))));
    return withSign(below, x);
  }

  /**
   * {@code x} to the nearest whole number, ties to even, exactly: from 2^23 on there are only whole
   * numbers.
   */
  Tile round(Tile x) {
    if (machine.hasRounding()) {
      return unary(UnaryOp.ROUND, x);
    }
    Tile a = keep.apply(unary(UnaryOp.ABS, x));
    Tile rounded = sub(add(a, real(0x1p23)), real(0x1p23));
    return select(binary(BinaryOp.LT, a, real(0x1p23)), withSign(rounded, x), x);
  }

  /** {@code x} truncated, limited to the range of I32, 0 for a NaN. */
  Tile toInt(Tile x) {
    Tile high = keep.apply(binary(BinaryOp.GE, x, real(0x1p31)));
    Tile low = keep.apply(binary(BinaryOp.LT, x, real(-0x1p31)));
    Tile fits = binary(BinaryOp.AND, binary(BinaryOp.LT, x, real(0x1p31)), unary(UnaryOp.NOT, low));
    Tile inside = unary(UnaryOp.TO_INT_EXACT, select(fits, x, real(0)));
    return select(high, whole(Integer.MAX_VALUE), select(low, whole(Integer.MIN_VALUE), inside));
  }
}
