package dev.tilewright.runtime.eager;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.tilewright.DType;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.WeightType;
import dev.tilewright.runtime.weights.LittleEndian;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/** The elements of a weight as a tensor of a declared type. */
public final class WeightElements {
  private WeightElements() {}

  /**
   * A copy; floats of other widths are rounded to float. FLOAT32 of a weight in blocks is made when
   * it is first asked for.
   *
   * @param type the weight's shape, with the element type to convert to
   * @throws IllegalArgumentException if an integer does not fit INT32
   */
  public static HostTensor read(WeightTensor weight, TensorType type) {
    if (type.dtype() == DType.FLOAT32 && weight.type().isBlocked()) {
      return HostTensor.of(weight, type);
    }
    return HostTensor.wrap(
        type,
        switch (type.dtype()) {
          case FLOAT32 -> weight.toFloats();
          case BFLOAT16 -> bfloats(weight);
          case INT32 -> ints(weight, type);
          case INT8, UINT8, BOOL -> bytes(weight, type);
        });
  }

  private static int[] ints(WeightTensor weight, TensorType type) {
    int[] elements = new int[HostTensor.elementCount(type)];
    long[] offsets = offsets(weight, elements.length);
    for (int i = 0; i < elements.length; i++) {
      long value = integer(weight, offsets[i]);
      elements[i] = (int) value;
      if (elements[i] != value) {
        throw misfit(weight, i, value, DType.INT32);
      }
    }
    return elements;
  }

  private static byte[] bytes(WeightTensor weight, TensorType type) {
    byte[] elements = new byte[HostTensor.elementCount(type)];
    boolean same = weight.type() == WeightType.of(type.dtype()) && type.dtype() != DType.BOOL;
    if (same && weight.isRowMajor()) {
      MemorySegment.copy(weight.data(), JAVA_BYTE, 0, elements, 0, elements.length);
      return elements;
    }
    long[] offsets = offsets(weight, elements.length);
    for (int i = 0; i < elements.length; i++) {
      long value = integer(weight, offsets[i]);
      double kept = type.dtype().of((double) value);
      elements[i] = (byte) (int) kept;
      if (type.dtype() != DType.BOOL && (long) kept != value) {
        throw misfit(weight, i, value, type.dtype());
      }
    }
    return elements;
  }

  private static short[] bfloats(WeightTensor weight) {
    float[] values = weight.toFloats();
    short[] elements = new short[values.length];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = DType.bfloat16Bits(values[i]);
    }
    return elements;
  }

  private static IllegalArgumentException misfit(
      WeightTensor weight, int element, long value, DType dtype) {
    return new IllegalArgumentException(
        "weight %s: element %d is %d, which does not fit %s"
            .formatted(weight.name(), element, value, dtype.name().toLowerCase(Locale.ROOT)));
  }

  /** Where each element lies, in elements from the start, in row-major order of the shape. */
  private static long[] offsets(WeightTensor weight, int count) {
    long[] offsets = new long[count];
    int done = 1;
    for (int axis = weight.rank() - 1; axis >= 0 && count > 0; axis--) {
      for (int i = 1; i < weight.shape().get(axis); i++) {
        for (int j = 0; j < done; j++) {
          offsets[i * done + j] = offsets[j] + i * weight.strides().get(axis);
        }
      }
      done *= weight.shape().get(axis).intValue();
    }
    return offsets;
  }

  private static long integer(WeightTensor weight, long element) {
    MemorySegment data = weight.data();
    long at = element * weight.type().bytes();
    return switch (weight.type()) {
      case I64 -> data.get(LittleEndian.I64, at);
      case I32 -> data.get(LittleEndian.I32, at);
      case U32 -> Integer.toUnsignedLong(data.get(LittleEndian.I32, at));
      case I16 -> data.get(LittleEndian.I16, at);
      case U16 -> Short.toUnsignedInt(data.get(LittleEndian.I16, at));
      case I8 -> data.get(JAVA_BYTE, at);
      case U8, BOOL -> Byte.toUnsignedInt(data.get(JAVA_BYTE, at));
      case F64, F32, F16, BF16 -> throw notWhole(weight);
      case Q4_0,
          Q4_1,
          Q5_0,
          Q5_1,
          Q8_0,
          Q2_K,
          Q3_K,
          Q4_K,
          Q5_K,
          Q6_K,
          Q8_K,
          IQ4_NL,
          IQ4_XS,
          U4_GROUP,
          U8_GROUP ->
          throw notWhole(weight);
    };
  }

  private static IllegalArgumentException notWhole(WeightTensor weight) {
    return new IllegalArgumentException(
        "weight " + weight.name() + " is " + weight.type() + ", not of integers");
  }
}
