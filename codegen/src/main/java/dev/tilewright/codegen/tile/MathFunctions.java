package dev.tilewright.codegen.tile;

import dev.tilewright.codegen.tile.Tile.BinaryOp;
import dev.tilewright.codegen.tile.Tile.Shape;
import dev.tilewright.codegen.tile.Tile.Type;
import dev.tilewright.codegen.tile.Tile.UnaryOp;
import java.util.function.UnaryOperator;

/**
 * Functions of one shape in basic operations. Polynomials are minimax fits of their relative error; a NaN gives NaN. The
 * errors stated are the greatest over dense samples, with (and without) fused multiply-add.
 */
final class MathFunctions {
  private static final double ROUND = 0x1.8p23;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = (float) (Math.log(2) - 0.693359375);
  private static final float LOG2_E = (float) (1 / Math.log(2));

  /** {@code (exp(r) - 1 - r)/r^2} for |r| up to ln(2)/2; the fit's error is 3e-9. */
  private static final float[] EXP = {
    0.49999994f, 0.1666652f, 0.041668408f, 0.008368905f, 0.0013814158f
  };

  /** {@code (log(1+f) - f + f^2/2)/f^3} for 1+f from sqrt(1/2) to sqrt(2); the fit's error is 6e-9. */
  private static final float[] LOG = {
    0.33333331f, -0.25000823f, 0.20001236f, -0.166233f, 0.14201508f, -0.13160513f, 0.12763634f, -0.07636256f
  };

  /** {@code erf(x) = x*P(x^2)/Q(x^2)} for |x| up to 3.925, where erf rounds to 1; the fit's error is 2e-8. */
  private static final float[] ERF_P = {
    1.1283791f, 0.19059443f, 0.052769389f, 0.0037725763f, 0.00028484358f, 2.046017e-6f
  };

  private static final float[] ERF_Q = {
    1, 0.50224262f, 0.114183f, 0.014983255f, 0.0011638629f, 3.8047667e-5f
  };

  private static final double ERF_END = 3.925;

  /** {@code tanh(x) = x*P(x^2)/Q(x^2)} for |x| up to 9.02, where tanh rounds to 1; the fit's error is 2e-8. */
  private static final float[] TANH_P = {1, 0.13379729f, 0.003494047f, 2.058367e-5f, 1.331931e-8f};

  private static final float[] TANH_Q = {1, 0.46713045f, 0.02587112f, 0.00032831123f, 7.7621218e-7f};
  private static final double TANH_END = 9.02;

  private final Shape shape;
  private final MachineModel machine;
  private final UnaryOperator<Tile> keep;

  /**
   * @param shape of all operands
   * @param keep puts a value in a register and returns how it is read
   */
  MathFunctions(Shape shape, MachineModel machine, UnaryOperator<Tile> keep) {
    this.shape = shape;
    this.machine = machine;
    this.keep = keep;
  }

  /**
   * {@code exp(x) = 2^n * exp(r)}, n the whole number nearest to x/ln(2). exp(0) is 1, below -103.98 it is 0, above 88.73
   * infinity.
   */
  Tile exp(Tile x) {
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
   * {@code p * 2^n}, where the low bits of biased are those of n + 254: in two steps, 2^(n/2 rounded down) and the rest, so that results too
   * small or too great for one factor are rounded once.
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
    Tile sum = add(parts.f(), fma(parts.square(), real(-0.5), fma(parts.e(), real(LN2_LOW), parts.cubic())));
    return logarithmOf(x, fma(parts.e(), real(LN2_HIGH), sum));
  }

  /** {@code x = 2^e * (1+f)}, 1+f from sqrt(1/2) to sqrt(2), {@code cubic = log(1+f) - f + f^2/2}. */
  private record Logarithm(Tile e, Tile f, Tile square, Tile cubic) {}

  private Logarithm logarithm(Tile x) {
    Tile small = keep.apply(binary(BinaryOp.LT, x, real(Float.MIN_NORMAL)));
    Tile bits = keep.apply(unary(UnaryOp.BITS_TO_INT, select(small, mul(x, real(0x1p23)), x)));
    // The bits of sqrt(1/2) and more count as the next exponent.
    Tile k = keep.apply(binary(BinaryOp.SHIFT_RIGHT, sub(bits, whole(0x3f3504f3)), whole(23)));
    Tile mantissa = unary(UnaryOp.BITS_TO_FLOAT, sub(bits, binary(BinaryOp.SHIFT_LEFT, k, whole(23))));
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

  /** The error function. */
  Tile erf(Tile x) {
    return oddRational(x, ERF_END, ERF_P, ERF_Q);
  }

  /** The hyperbolic tangent. */
  Tile tanh(Tile x) {
    return oddRational(x, TANH_END, TANH_P, TANH_Q);
  }

  /** {@code x*P(x^2)/Q(x^2)}, limited to -1 and 1, which it reaches at the end. */
  private Tile oddRational(Tile x, double end, float[] p, float[] q) {
    Tile a = keep.apply(max(real(-end), min(real(end), x)));
    Tile square = keep.apply(mul(a, a));
    Tile ratio = binary(BinaryOp.DIV, mul(a, horner(p, square)), horner(q, square));
    return max(real(-1), min(real(1), ratio));
  }

  /** {@code 1/sqrt(x)}, both rounded. */
  Tile rsqrt(Tile x) {
    return binary(BinaryOp.DIV, real(1), unary(UnaryOp.SQRT, x));
  }

  /**
   * {@code |x|^y = 2^(y*log2|x|)} with Java's rules for signs, zeros and infinities. The relative error grows with the exponent {@code
   * |y*log2 x|}.
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
    Tile below = keep.apply(sub(nearest, select(binary(BinaryOp.GT, nearest, x), real(1), real(0))));
    return withSign(below, x);
  }

  /** {@code x} to the nearest whole number, ties to even, exactly: from 2^23 on there are only whole numbers. */
  Tile round(Tile x) {
    if (machine.hasRounding()) {
      return unary(UnaryOp.ROUND, x);
    }
    Tile a = keep.apply(unary(UnaryOp.ABS, x));
    Tile rounded = sub(add(a, real(0x1p23)), real(0x1p23));
    return select(binary(BinaryOp.LT, a, real(0x1p23)), withSign(rounded, x), x);
  }

  /** The value, negative if x is; it must not have the other sign already. */
  private Tile withSign(Tile value, Tile x) {
    Tile sign = binary(BinaryOp.AND, unary(UnaryOp.BITS_TO_INT, x), whole(Integer.MIN_VALUE));
    return unary(UnaryOp.BITS_TO_FLOAT, binary(BinaryOp.OR, unary(UnaryOp.BITS_TO_INT, value), sign));
  }

  /** {@code c[0] + c[1]*x + c[2]*x^2 + ...}. */
  private Tile horner(float[] c, Tile x) {
    Tile sum = real(c[c.length - 1]);
    for (int i = c.length - 2; i >= 0; i--) {
      sum = fma(sum, x, real(c[i]));
    }
    return sum;
  }

  private Tile real(double value) {
    return new Tile.Fill(shape, Type.F32, value);
  }

  private Tile whole(int value) {
    return new Tile.Fill(shape, Type.I32, value);
  }

  private static Tile unary(UnaryOp op, Tile x) {
    return new Tile.Unary(op, x);
  }

  private static Tile binary(BinaryOp op, Tile x, Tile y) {
    return new Tile.Binary(op, x, y);
  }

  private static Tile add(Tile x, Tile y) {
    return binary(BinaryOp.ADD, x, y);
  }

  private static Tile sub(Tile x, Tile y) {
    return binary(BinaryOp.SUB, x, y);
  }

  private static Tile mul(Tile x, Tile y) {
    return binary(BinaryOp.MUL, x, y);
  }

  private static Tile min(Tile x, Tile y) {
    return binary(BinaryOp.MIN, x, y);
  }

  private static Tile max(Tile x, Tile y) {
    return binary(BinaryOp.MAX, x, y);
  }

  private static Tile fma(Tile x, Tile y, Tile z) {
    return new Tile.MultiplyAdd(x, y, z);
  }

  private static Tile select(Tile condition, Tile yes, Tile no) {
    return new Tile.Select(condition, yes, no);
  }
}
