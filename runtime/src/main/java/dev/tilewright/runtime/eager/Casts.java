package dev.tilewright.runtime.eager;

import dev.tilewright.DType;
import dev.tilewright.runtime.HostTensor;

/** Element types into one another. */
final class Casts {
  private Casts() {}

  static Object cast(HostTensor x, DType to) {
    if (x.dtype() == DType.FLOAT32 && to == DType.BFLOAT16) {
      return bfloats((float[]) x.elements());
    }
    if (x.dtype() == DType.BFLOAT16 && to == DType.FLOAT32) {
      return x.toFloats();
    }
    if (x.dtype() == DType.FLOAT32 && to == DType.INT8) {
      return FloatLoops.toBytes((float[]) x.elements(), Byte.MIN_VALUE, Byte.MAX_VALUE);
    }
    if (x.dtype() == DType.FLOAT32 && to == DType.UINT8) {
      return FloatLoops.toBytes((float[]) x.elements(), 0, 255);
    }
    if (x.dtype() == DType.INT8 && to == DType.INT32) {
      return FloatLoops.toInts((byte[]) x.elements());
    }
    double[] in = doubles(x);
    return switch (to) {
      case FLOAT32 -> {
        float[] out = new float[in.length];
        for (int i = 0; i < out.length; i++) {
          out[i] = (float) in[i];
        }
        yield out;
      }
      case BFLOAT16 -> {
        short[] out = new short[in.length];
        for (int i = 0; i < out.length; i++) {
          out[i] = DType.bfloat16Bits((float) in[i]);
        }
        yield out;
      }
      case INT32 -> {
        int[] out = new int[in.length];
        for (int i = 0; i < out.length; i++) {
          out[i] = (int) in[i];
        }
        yield out;
      }
      case INT8, UINT8, BOOL -> {
        byte[] out = new byte[in.length];
        for (int i = 0; i < out.length; i++) {
          out[i] = (byte) (int) to.of(in[i]);
        }
        yield out;
      }
    };
  }

  private static short[] bfloats(float[] in) {
    short[] out = new short[in.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = DType.bfloat16Bits(in[i]);
    }
    return out;
  }

  /** The elements as doubles, which hold each of them exactly. */
  static double[] doubles(HostTensor x) {
    double[] out = new double[HostTensor.elementCount(x.type())];
    switch (x.dtype()) {
      case FLOAT32 -> {
        float[] in = (float[]) x.elements();
        for (int i = 0; i < out.length; i++) {
          out[i] = in[i];
        }
      }
      case BFLOAT16 -> {
        short[] in = (short[]) x.elements();
        for (int i = 0; i < out.length; i++) {
          out[i] = DType.bfloat16Value(in[i]);
        }
      }
      case INT32 -> {
        int[] in = (int[]) x.elements();
        for (int i = 0; i < out.length; i++) {
          out[i] = in[i];
        }
      }
      case INT8, BOOL -> {
        byte[] in = (byte[]) x.elements();
        for (int i = 0; i < out.length; i++) {
          out[i] = in[i];
        }
      }
      case UINT8 -> {
        byte[] in = (byte[]) x.elements();
        for (int i = 0; i < out.length; i++) {
          out[i] = Byte.toUnsignedInt(in[i]);
        }
      }
    }
    return out;
  }
}
