package dev.tilewright.codegen.fuse;

import dev.tilewright.DType;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.Primitive.BinaryKind;
import dev.tilewright.op.Primitive.CompareKind;
import dev.tilewright.op.Primitive.UnaryKind;
import java.util.ArrayList;
import java.util.List;

/**
 * Arithmetic on tensors that hold one value, rounded to binary32 after each operation as
 * everywhere, and the same on every host.
 */
final class Constants {
  private Constants() {}

  /** The value that all elements have, if that can be seen; else null. */
  static Double value(Node node) {
    Node base = node;
    while (Views.isView(base)) {
      base = base.operand(0);
    }
    if (!(Views.primitive(base) instanceof Primitive.Constant constant)) {
      return null;
    }
    return constant.dtype() == DType.FLOAT32 ? (double) (float) constant.value() : constant.value();
  }

  /** The value of an elementwise primitive of constants; null if an operand is none. */
  static Double fold(Primitive primitive, List<Node> operands) {
    List<Double> values = new ArrayList<>();
    for (Node operand : operands) {
      Double value = value(operand);
      if (value == null) {
        return null;
      }
      values.add(value);
    }
    boolean floats = operands.getFirst().type().dtype() == DType.FLOAT32;
    return switch (primitive) {
      case Primitive.Unary unary -> unary(unary.kind(), values.getFirst(), floats);
      case Primitive.Binary binary -> binary(binary.kind(), values.get(0), values.get(1), floats);
      case Primitive.Compare compare ->
          compare(compare.kind(), values.get(0), values.get(1)) ? 1.0 : 0.0;
      case Primitive.Select _ -> values.getFirst() != 0 ? values.get(1) : values.get(2);
      case Primitive.Cast cast -> cast.dtype().of(values.getFirst());
      case null, default -> null;
    };
  }

  private static Double unary(UnaryKind kind, double x, boolean floats) {
    return switch (kind) {
      case NEG -> floats ? -x : (double) -(int) x;
      case ABS -> floats ? Math.abs(x) : (double) Math.abs((int) x);
      case SQRT -> (double) (float) StrictMath.sqrt(x);
      case FLOOR -> Math.floor(x);
      case ROUND -> Math.rint(x);
      case NOT -> x == 0 ? 1.0 : 0.0;
      case EXP, COARSE_EXP -> (double) (float) StrictMath.exp(x);
      case LOG -> (double) (float) StrictMath.log(x);
      case RSQRT -> (double) (float) (1 / StrictMath.sqrt(x));
      case TANH -> (double) (float) StrictMath.tanh(x);
      case SIN -> (double) (float) StrictMath.sin(x);
      case COS -> (double) (float) StrictMath.cos(x);
      case ERF, COARSE_ERF -> (double) (float) ElementValues.erf(x);
    };
  }

  private static Double binary(BinaryKind kind, double x, double y, boolean floats) {
    if (!floats) {
      int a = (int) x;
      int b = (int) y;
      return switch (kind) {
        case ADD -> (double) (a + b);
        case SUB -> (double) (a - b);
        case MUL -> (double) (a * b);
        case MIN -> (double) Math.min(a, b);
        case MAX -> (double) Math.max(a, b);
        case AND -> (double) (a & b);
        case OR -> (double) (a | b);
        case DIV, POW -> null;
      };
    }
    float a = (float) x;
    float b = (float) y;
    return switch (kind) {
      case ADD -> (double) (a + b);
      case SUB -> (double) (a - b);
      case MUL -> (double) (a * b);
      case DIV -> (double) (a / b);
      case MIN -> (double) Math.min(a, b);
      case MAX -> (double) Math.max(a, b);
      case POW -> (double) (float) StrictMath.pow(a, b);
      case AND, OR -> null;
    };
  }

  private static boolean compare(CompareKind kind, double x, double y) {
    return switch (kind) {
      case LT -> x < y;
      case LE -> x <= y;
      case GT -> x > y;
      case GE -> x >= y;
      case EQ -> x == y;
      case NE -> x != y;
    };
  }

  /** Whether the number is a power of two whose inverse is a normal number. */
  static boolean hasExactInverse(float value) {
    float size = Math.abs(value);
    return size >= Float.MIN_NORMAL
        && size <= 0x1p126f
        && (Float.floatToIntBits(value) & 0x7FFFFF) == 0;
  }
}
