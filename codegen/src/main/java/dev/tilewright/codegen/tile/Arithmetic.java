package dev.tilewright.codegen.tile;

import dev.tilewright.codegen.tile.Tile.BinaryOp;
import dev.tilewright.codegen.tile.Tile.UnaryOp;

/**
 * What the operations of the tile IR mean for one element: the reference that writers and
 * instructions are held to. Elements are 32 raw bits, a MASK is 1 or 0.
 */
public final class Arithmetic {
  private Arithmetic() {}

  /**
   * Whether the result of {@link #unary} is what kernels compute to the last bit; else it is the
   * value rounded from double.
   */
  public static boolean isExact(UnaryOp op) {
    return switch (op) {
      case EXP, LOG, TANH, SIN, COS, ERF, COARSE_EXP, COARSE_ERF, RSQRT -> false;
      case NEG,
          ABS,
          SQRT,
          FLOOR,
          ROUND,
          NOT,
          TO_INT,
          TO_INT_EXACT,
          TO_FLOAT,
          TO_BF16,
          BITS_TO_INT,
          BITS_TO_FLOAT,
          MASK_TO_INT ->
          true;
    };
  }

  /** {@code op(a)}, TO_BF16 without instructions for it. */
  public static int unary(UnaryOp op, Tile.Type type, int a) {
    return switch (op) {
      case EXP, COARSE_EXP -> bits(Math.exp(real(a)));
      case LOG -> bits(Math.log(real(a)));
      case TANH -> bits(Math.tanh(real(a)));
      case SIN -> bits(StrictMath.sin(real(a)));
      case COS -> bits(StrictMath.cos(real(a)));
      case ERF, COARSE_ERF -> bits(ErrorFunction.of(real(a)));
      case RSQRT -> bits(1 / Math.sqrt(real(a)));
      case NEG -> type == Tile.Type.F32 ? a ^ Integer.MIN_VALUE : -a;
      case ABS -> type == Tile.Type.F32 ? a & Integer.MAX_VALUE : Math.abs(a);
      case SQRT -> bits(Math.sqrt(real(a)));
      case FLOOR -> bits(Math.floor(real(a)));
      case ROUND -> bits(Math.rint(real(a)));
      case NOT -> a ^ 1;
      case TO_INT, TO_INT_EXACT -> (int) real(a);
      case TO_FLOAT -> Float.floatToRawIntBits((float) a);
      case TO_BF16 -> Bfloat16.round(a, false);
      case BITS_TO_INT, BITS_TO_FLOAT, MASK_TO_INT -> a;
    };
  }

  /** {@code op(a, b)}, both of the type. */
  public static int binary(BinaryOp op, Tile.Type type, int a, int b) {
    return type == Tile.Type.F32 ? real(op, real(a), real(b)) : whole(op, a, b);
  }

  /** A {@link Tile.Dot} of words; BF16 without instructions for it. */
  public static int dot(Tile.DotKind kind, int left, int right, int addend) {
    return switch (kind) {
      case BF16 -> Bfloat16.dot(left, right, addend, false);
      case U8I8, U7I8 -> {
        int sum = addend;
        for (int shift = 0; shift < 32; shift += 8) {
          sum += (left >>> shift & 0xFF) * (byte) (right >>> shift);
        }
        yield sum;
      }
      case I8I8 -> {
        int sum = addend;
        for (int shift = 0; shift < 32; shift += 8) {
          sum += (byte) (left >>> shift) * (byte) (right >>> shift);
        }
        yield sum;
      }
    };
  }

  /** {@code a*b + c}, rounded once or twice. */
  public static int multiplyAdd(boolean fused, int a, int b, int c) {
    return bits(fused ? Math.fma(real(a), real(b), real(c)) : real(a) * real(b) + real(c));
  }

  private static int real(BinaryOp op, float a, float b) {
    return switch (op) {
      case ADD -> bits(a + b);
      case SUB -> bits(a - b);
      case MUL -> bits(a * b);
      case DIV -> bits(a / b);
      case MIN -> bits(a < b ? a : b);
      case MAX -> bits(a > b ? a : b);
      case POW -> bits(Math.pow(a, b));
      case SCALE -> bits(a * Math.pow(2, Math.floor(b)));
      case LT -> truth(a < b);
      case LE -> truth(a <= b);
      case GT -> truth(a > b);
      case GE -> truth(a >= b);
      case EQ -> truth(a == b);
      case NE -> truth(a != b);
      case AND, OR, XOR, SHIFT_LEFT, SHIFT_RIGHT ->
          throw new IllegalArgumentException(op + " of F32");
    };
  }

  private static int whole(BinaryOp op, int a, int b) {
    return switch (op) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case MIN -> Math.min(a, b);
      case MAX -> Math.max(a, b);
      case AND -> a & b;
      case OR -> a | b;
      case XOR -> a ^ b;
      case SHIFT_LEFT -> a << b;
      case SHIFT_RIGHT -> a >> b;
      case LT -> truth(a < b);
      case LE -> truth(a <= b);
      case GT -> truth(a > b);
      case GE -> truth(a >= b);
      case EQ -> truth(a == b);
      case NE -> truth(a != b);
      case DIV, POW, SCALE -> throw new IllegalArgumentException(op + " of I32");
    };
  }

  private static int truth(boolean value) {
    return value ? 1 : 0;
  }

  static float real(int bits) {
    return Float.intBitsToFloat(bits);
  }

  static int bits(double value) {
    return Float.floatToRawIntBits((float) value);
  }
}
