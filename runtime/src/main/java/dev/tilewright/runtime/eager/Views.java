package dev.tilewright.runtime.eager;

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
    return Index.take(x, Index.map(type, 0, repeated));
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
