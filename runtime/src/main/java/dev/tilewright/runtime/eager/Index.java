package dev.tilewright.runtime.eager;

import dev.tilewright.Dim;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.HostTensor;

/** Index arithmetic on row-major arrays. */
final class Index {
  private Index() {}

  /**
   * For each element of the shape, in row-major order, {@code offset + sum over axes of
   * index*stride}.
   */
  static int[] map(TensorType shape, long offset, long[] strides) {
    int[] map = new int[HostTensor.elementCount(shape)];
    if (map.length == 0) {
      return map;
    }
    map[0] = (int) offset;
    int done = 1;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      int extent = (int) shape.dim(axis).value();
      int stride = (int) strides[axis];
      for (int i = 1; i < extent; i++) {
        for (int j = 0; j < done; j++) {
          map[i * done + j] = map[j] + i * stride;
        }
      }
      done *= extent;
    }
    return map;
  }

  /** The distance between neighbours along each axis of a row-major array. */
  static long[] strides(TensorType type) {
    long[] strides = new long[type.rank()];
    long stride = 1;
    for (int axis = strides.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= type.dim(axis).value();
    }
    return strides;
  }

  /** The product of the extents of axes {@code from..to} (exclusive). */
  static int size(TensorType type, int from, int to) {
    return (int)
        type.shape().subList(from, to).stream().mapToLong(Dim::value).reduce(1, (a, b) -> a * b);
  }

  /** {@code out[i] = in[map[i]]}. */
  static Object take(HostTensor in, int[] map) {
    return switch (in.dtype()) {
      case FLOAT32 -> take((float[]) in.elements(), map);
      case BFLOAT16 -> {
        short[] from = (short[]) in.elements();
        short[] out = new short[map.length];
        for (int i = 0; i < out.length; i++) {
          out[i] = from[map[i]];
        }
        yield out;
      }
      case INT32 -> {
        int[] from = (int[]) in.elements();
        int[] out = new int[map.length];
        for (int i = 0; i < out.length; i++) {
          out[i] = from[map[i]];
        }
        yield out;
      }
      case INT8, UINT8, BOOL -> {
        byte[] from = (byte[]) in.elements();
        byte[] out = new byte[map.length];
        for (int i = 0; i < out.length; i++) {
          out[i] = from[map[i]];
        }
        yield out;
      }
    };
  }

  static float[] take(float[] in, int[] map) {
    float[] out = new float[map.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = in[map[i]];
    }
    return out;
  }
}
