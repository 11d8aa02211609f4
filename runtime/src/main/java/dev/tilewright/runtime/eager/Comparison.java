package dev.tilewright.runtime.eager;

import dev.tilewright.op.Primitive.CompareKind;
import dev.tilewright.runtime.HostTensor;

/**
 * {@code out[i] = a[i] ? b[i]}. A float, an int and a bool are each a double exactly, so one
 * comparison serves all.
 */
final class Comparison {
  private Comparison() {}

  static Object compare(CompareKind kind, HostTensor a, HostTensor b) {
    double[] x = Casts.doubles(a);
    double[] y = Casts.doubles(b);
    byte[] out = new byte[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) (holds(kind, x[i], y[i]) ? 1 : 0);
    }
    return out;
  }

  private static boolean holds(CompareKind kind, double x, double y) {
    return switch (kind) {
      case LT -> x < y;
      case LE -> x <= y;
      case GT -> x > y;
      case GE -> x >= y;
      case EQ -> x == y;
      case NE -> x != y;
    };
  }
}
