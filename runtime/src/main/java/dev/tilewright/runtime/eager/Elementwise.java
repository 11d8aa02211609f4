package dev.tilewright.runtime.eager;

import dev.tilewright.DType;
import dev.tilewright.op.Primitive.BinaryKind;
import dev.tilewright.op.Primitive.UnaryKind;
import dev.tilewright.runtime.HostTensor;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;

/** {@code out[i] = f(a[i], ..)}. */
final class Elementwise {
  private Elementwise() {}

  static Object unary(UnaryKind kind, HostTensor x) {
    return switch (kind) {
      case NEG -> x.dtype() == DType.INT32 ? ints(x, v -> -v) : floats(x, v -> -v);
      case ABS -> x.dtype() == DType.INT32 ? ints(x, Math::abs) : FloatLoops.abs(floats(x));
      case EXP, COARSE_EXP -> floats(x, Math::exp);
      case LOG -> floats(x, Math::log);
      case SQRT -> floats(x, Math::sqrt);
      case RSQRT -> floats(x, v -> 1 / Math.sqrt(v));
      case TANH -> floats(x, Math::tanh);
      case SIN -> floats(x, StrictMath::sin);
      case COS -> floats(x, StrictMath::cos);
      case ERF, COARSE_ERF -> floats(x, ErrorFunction::erf);
      case FLOOR -> floats(x, Math::floor);
      case ROUND -> FloatLoops.round(floats(x));
      case NOT -> bools(x, x, (a, _) -> 1 - a);
    };
  }

  /**
   * A sum, difference, product or quotient of floats in double precision, rounded to float, is the
   * float operation's.
   */
  static Object binary(BinaryKind kind, HostTensor a, HostTensor b) {
    boolean integers = a.dtype() == DType.INT32;
    return switch (kind) {
      case ADD -> integers ? ints(a, b, (x, y) -> x + y) : floats(a, b, (x, y) -> x + y);
      case SUB -> integers ? ints(a, b, (x, y) -> x - y) : floats(a, b, (x, y) -> x - y);
      case MUL -> integers ? ints(a, b, (x, y) -> x * y) : FloatLoops.times(floats(a), floats(b));
      case MIN -> integers ? ints(a, b, Math::min) : floats(a, b, Math::min);
      case MAX -> integers ? ints(a, b, Math::max) : FloatLoops.max(floats(a), floats(b));
      case DIV -> floats(a, b, (x, y) -> x / y);
      case POW -> floats(a, b, Math::pow);
      case AND -> bools(a, b, (x, y) -> x & y);
      case OR -> bools(a, b, (x, y) -> x | y);
    };
  }

  static Object select(HostTensor condition, HostTensor a, HostTensor b) {
    byte[] c = (byte[]) condition.elements();
    return switch (a.dtype()) {
      case FLOAT32 -> {
        float[] yes = (float[]) a.elements();
        float[] no = (float[]) b.elements();
        float[] out = new float[c.length];
        for (int i = 0; i < out.length; i++) {
          out[i] = c[i] != 0 ? yes[i] : no[i];
        }
        yield out;
      }
      case BFLOAT16 -> {
        short[] yes = (short[]) a.elements();
        short[] no = (short[]) b.elements();
        short[] out = new short[c.length];
        for (int i = 0; i < out.length; i++) {
          out[i] = c[i] != 0 ? yes[i] : no[i];
        }
        yield out;
      }
      case INT32 -> {
        int[] yes = (int[]) a.elements();
        int[] no = (int[]) b.elements();
        int[] out = new int[c.length];
        for (int i = 0; i < out.length; i++) {
          out[i] = c[i] != 0 ? yes[i] : no[i];
        }
        yield out;
      }
      case INT8, UINT8, BOOL -> {
        byte[] yes = (byte[]) a.elements();
        byte[] no = (byte[]) b.elements();
        byte[] out = new byte[c.length];
        for (int i = 0; i < out.length; i++) {
          out[i] = c[i] != 0 ? yes[i] : no[i];
        }
        yield out;
      }
    };
  }

  private static float[] floats(HostTensor x) {
    return (float[]) x.elements();
  }

  private static Object floats(HostTensor x, DoubleUnaryOperator f) {
    float[] in = (float[]) x.elements();
    float[] out = new float[in.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) f.applyAsDouble(in[i]);
    }
    return out;
  }

  private static Object floats(HostTensor x, HostTensor y, DoubleBinaryOperator f) {
    float[] a = (float[]) x.elements();
    float[] b = (float[]) y.elements();
    float[] out = new float[a.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) f.applyAsDouble(a[i], b[i]);
    }
    return out;
  }

  private static Object ints(HostTensor x, IntUnaryOperator f) {
    int[] in = (int[]) x.elements();
    int[] out = new int[in.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = f.applyAsInt(in[i]);
    }
    return out;
  }

  private static Object ints(HostTensor x, HostTensor y, IntBinaryOperator f) {
    int[] a = (int[]) x.elements();
    int[] b = (int[]) y.elements();
    int[] out = new int[a.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = f.applyAsInt(a[i], b[i]);
    }
    return out;
  }

  private static Object bools(HostTensor x, HostTensor y, IntBinaryOperator f) {
    byte[] a = (byte[]) x.elements();
    byte[] b = (byte[]) y.elements();
    byte[] out = new byte[a.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) f.applyAsInt(a[i], b[i]);
    }
    return out;
  }
}
