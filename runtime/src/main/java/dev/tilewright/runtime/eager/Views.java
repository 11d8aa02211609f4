package dev.tilewright.runtime.eager;

import dev.tilewright.DType;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.HostTensor;
import java.util.Arrays;

/** Index maps: {@code out[i, j, ..] = a[offset + i*stride_0 + j*stride_1 + ..]}. */
final class Views {
  private Views() {}

  static Object transpose(Primitive.Transpose transpose, TensorType type, HostTensor x) {
    long[] strides = Index.strides(x.type());
    long[] permuted = transpose.permutation().stream().mapToLong(axis -> strides[axis]).toArray();
    return Index.take(x, Index.map(type, 0, permuted));
  }

  static Object broadcast(Primitive.Broadcast broadcast, TensorType type, HostTensor x) {
    long[] strides = Index.strides(x.type());
    long[] repeated = new long[type.rank()];
    for (int i = 0; i < x.rank(); i++) {
      repeated[broadcast.axes().get(i)] = x.dim(i).is(1) ? 0 : strides[i];
    }
    int rank = type.rank();
    if (rank == 2 && repeated[1] == 0 && x.dtype() == DType.FLOAT32) {
      return rows((float[]) x.elements(), repeated[0], type);
    }
    return Index.take(x, Index.map(type, 0, repeated));
  }

  /** A number a row: how scales meet a matrix. */
  private static float[] rows(float[] in, long stride, TensorType type) {
    int rows = (int) type.dim(0).value();
    int columns = (int) type.dim(1).value();
    float[] out = new float[rows * columns];
    for (int row = 0; row < rows; row++) {
      Arrays.fill(out, row * columns, (row + 1) * columns, in[(int) (row * stride)]);
    }
    return out;
  }

  static Object slice(Primitive.Slice slice, TensorType type, HostTensor x) {
    long[] strides = Index.strides(x.type());
    long offset = slice.start().value() * strides[slice.axis()];
    strides[slice.axis()] *= slice.step();
    return Index.take(x, Index.map(type, offset, strides));
  }

  static Object window(Primitive.Window window, TensorType type, HostTensor x) {
    long[] strides = Arrays.copyOf(Index.strides(x.type()), type.rank());
    strides[x.rank()] = strides[window.axis()] * window.dilation();
    strides[window.axis()] *= window.stride();
    return Index.take(x, Index.map(type, 0, strides));
  }
}
