package dev.tilewright.runtime.eager;

import dev.tilewright.DType;
import dev.tilewright.op.Primitive;
import dev.tilewright.runtime.HostTensor;
import java.util.function.DoubleBinaryOperator;
import java.util.function.IntBinaryOperator;

/**
 * {@code out[o, i] = kind over n of a[o, n, i]}, the axes before and after the reduced one taken
 * together.
 */
final class Reduction {
  private final float[] floats;
  private final int[] ints;
  private final int outer;
  private final int extent;
  private final int inner;

  private Reduction(HostTensor x, int axis) {
    floats = x.dtype() == DType.FLOAT32 ? (float[]) x.elements() : null;
    ints = x.dtype() == DType.INT32 ? (int[]) x.elements() : null;
    outer = Index.size(x.type(), 0, axis);
    extent = (int) x.dim(axis).value();
    inner = Index.size(x.type(), axis + 1, x.rank());
  }

  static Object reduce(Primitive.Reduce reduce, HostTensor x) {
    Reduction of = new Reduction(x, reduce.axis());
    boolean integers = x.dtype() == DType.INT32;
    if (of.inner == 1 && integers && reduce.kind() == Primitive.ReduceKind.SUM) {
      return FloatLoops.sumOfRows(of.ints, of.outer);
    }
    if (of.inner == 1 && !integers && reduce.kind() == Primitive.ReduceKind.MAX) {
      return FloatLoops.maxOfRows(of.floats, of.outer);
    }
    return switch (reduce.kind()) {
      case SUM -> integers ? of.foldInts(0, Integer::sum) : of.foldFloats(0.0, Double::sum);
      case MAX ->
          integers
              ? of.foldInts(Integer.MIN_VALUE, Math::max)
              : of.foldFloats(Double.NEGATIVE_INFINITY, Math::max);
      case MIN ->
          integers
              ? of.foldInts(Integer.MAX_VALUE, Math::min)
              : of.foldFloats(Double.POSITIVE_INFINITY, Math::min);
    };
  }

  private Object foldFloats(double start, DoubleBinaryOperator f) {
    float[] out = new float[outer * inner];
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        double result = start;
        for (int n = 0; n < extent; n++) {
          result = f.applyAsDouble(result, floats[(o * extent + n) * inner + i]);
        }
        out[o * inner + i] = (float) result;
      }
    }
    return out;
  }

  private Object foldInts(int start, IntBinaryOperator f) {
    int[] out = new int[outer * inner];
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        int result = start;
        for (int n = 0; n < extent; n++) {
          result = f.applyAsInt(result, ints[(o * extent + n) * inner + i]);
        }
        out[o * inner + i] = result;
      }
    }
    return out;
  }
}
