package dev.tilewright.target.pim;

import dev.tilewright.DType;
import dev.tilewright.op.TensorType;
import dev.tilewright.pim.compute.Bf16;
import dev.tilewright.runtime.HostTensor;

/**
 * The elements of a buffer outside of the banks. Numbers are kept as f32, which bf16 are among, and
 * everything else as ints.
 */
final class Cells {
  private final DType dtype;
  private final float[] floats;
  private final int[] ints;
  private final long first;

  /**
   * @param first the offset of the first element that is held
   */
  private Cells(DType dtype, float[] floats, int[] ints, long first) {
    this.dtype = dtype;
    this.floats = floats;
    this.ints = ints;
    this.first = first;
  }

  /** Zeros. */
  static Cells of(DType dtype, int count, long first) {
    return isFloat(dtype)
        ? new Cells(dtype, new float[count], null, first)
        : new Cells(dtype, null, new int[count], first);
  }

  /** The elements of a tensor, which are not copied where that can be. */
  static Cells of(HostTensor tensor) {
    DType dtype = tensor.dtype();
    return isFloat(dtype)
        ? new Cells(dtype, tensor.toFloats(), null, 0)
        : new Cells(dtype, null, tensor.toInts(), 0);
  }

  static boolean isFloat(DType dtype) {
    return dtype == DType.FLOAT32 || dtype == DType.BFLOAT16;
  }

  double get(long offset) {
    int at = Math.toIntExact(offset - first);
    return floats == null ? ints[at] : floats[at];
  }

  void set(long offset, double value) {
    int at = Math.toIntExact(offset - first);
    if (floats == null) {
      ints[at] = (int) value;
    } else {
      floats[at] = (float) dtype.of(value);
    }
  }

  int count() {
    return floats == null ? ints.length : floats.length;
  }

  void copyTo(Cells other) {
    System.arraycopy(
        floats == null ? ints : floats,
        0,
        other.floats == null ? other.ints : other.floats,
        0,
        count());
  }

  float[] floats() {
    return floats;
  }

  /** As a tensor of that type. */
  HostTensor tensor(TensorType type) {
    return switch (type.dtype()) {
      case FLOAT32 -> HostTensor.wrap(type, floats);
      case INT32 -> HostTensor.wrap(type, ints);
      case BFLOAT16 -> HostTensor.wrap(type, Bf16.round(floats));
      case INT8, UINT8, BOOL -> {
        byte[] bytes = new byte[ints.length];
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) ints[i];
        }
        yield HostTensor.wrap(type, bytes);
      }
    };
  }
}
