package dev.tilewright.runtime.eager;

import dev.tilewright.DType;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.IndexOutOfRangeException;
import java.util.Arrays;
import java.util.List;

/**
 * Primitives that copy runs of elements from one place to another: {@code [outer, axis, inner]}.
 */
final class Blocks {
  private Blocks() {}

  static Object concat(int axis, TensorType type, List<HostTensor> parts) {
    Object out = array(type);
    int outer = Index.size(type, 0, axis);
    int run = Index.size(type, axis, type.rank());
    int at = 0;
    for (HostTensor part : parts) {
      int partRun = Index.size(part.type(), axis, type.rank());
      for (int o = 0; o < outer; o++) {
        System.arraycopy(part.elements(), o * partRun, out, o * run + at, partRun);
      }
      at += partRun;
    }
    return out;
  }

  static Object append(int axis, TensorType type, HostTensor state, HostTensor rows) {
    Object out = array(type);
    System.arraycopy(state.elements(), 0, out, 0, Index.size(type, 0, type.rank()));
    int outer = Index.size(type, 0, axis);
    int run = Index.size(type, axis, type.rank());
    int own = Index.size(rows.type(), axis, type.rank());
    for (int o = 0; o < outer; o++) {
      System.arraycopy(rows.elements(), o * own, out, (o + 1) * run - own, own);
    }
    return out;
  }

  static Object pad(Primitive.Pad pad, TensorType type, HostTensor x) {
    Object out = filled(type, pad.value());
    int outer = Index.size(type, 0, pad.axis());
    int run = Index.size(type, pad.axis(), type.rank());
    int inner = Index.size(x.type(), pad.axis(), type.rank());
    int low = (int) pad.low().value() * Index.size(type, pad.axis() + 1, type.rank());
    for (int o = 0; o < outer; o++) {
      System.arraycopy(x.elements(), o * inner, out, o * run + low, inner);
    }
    return out;
  }

  static Object gather(int axis, TensorType type, HostTensor table, HostTensor indices) {
    Object out = array(type);
    int[] ids = (int[]) indices.elements();
    int outer = Index.size(table.type(), 0, axis);
    int rows = (int) table.dim(axis).value();
    int inner = Index.size(table.type(), axis + 1, table.rank());
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= rows) {
        throw new IndexOutOfRangeException(
            ids[i],
            rows,
            "a gather along axis "
                + axis
                + " of "
                + table.type()
                + ", element "
                + i
                + " of the indices");
      }
      for (int o = 0; o < outer; o++) {
        System.arraycopy(
            table.elements(),
            (o * rows + ids[i]) * inner,
            out,
            (o * ids.length + i) * inner,
            inner);
      }
    }
    return out;
  }

  private static Object array(TensorType type) {
    return filled(type, 0);
  }

  private static Object filled(TensorType type, double value) {
    int count = HostTensor.elementCount(type);
    return switch (type.dtype()) {
      case FLOAT32 -> {
        float[] out = new float[count];
        Arrays.fill(out, (float) value);
        yield out;
      }
      case BFLOAT16 -> {
        short[] out = new short[count];
        Arrays.fill(out, DType.bfloat16Bits((float) value));
        yield out;
      }
      case INT32 -> {
        int[] out = new int[count];
        Arrays.fill(out, (int) value);
        yield out;
      }
      case INT8, UINT8, BOOL -> {
        byte[] out = new byte[count];
        Arrays.fill(out, (byte) (int) type.dtype().of(value));
        yield out;
      }
    };
  }
}
