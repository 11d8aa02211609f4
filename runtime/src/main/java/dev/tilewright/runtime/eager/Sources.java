package dev.tilewright.runtime.eager;

import dev.tilewright.DType;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.TooLargeException;

/** Primitives without operands. */
final class Sources {
  private Sources() {}

  static Object constant(Primitive.Constant constant) {
    return switch (constant.dtype()) {
      case FLOAT32 -> new float[] {(float) constant.value()};
      case BFLOAT16 -> new short[] {DType.bfloat16Bits((float) constant.value())};
      case INT32 -> new int[] {(int) constant.value()};
      case INT8, UINT8, BOOL -> new byte[] {(byte) (int) constant.dtype().of(constant.value())};
    };
  }

  static Object extent(Primitive.Extent extent) {
    long value = extent.extent().value();
    if (value != (int) value) {
      throw new TooLargeException("the extent " + value + " does not fit an int32");
    }
    return new int[] {(int) value};
  }

  static Object iota(TensorType type, int axis) {
    long[] strides = new long[type.rank()];
    strides[axis] = 1;
    return Index.map(type, 0, strides);
  }
}
