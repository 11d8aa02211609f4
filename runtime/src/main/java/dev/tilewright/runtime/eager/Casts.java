package dev.tilewright.runtime.eager;

import dev.tilewright.DType;
import dev.tilewright.runtime.HostTensor;

/** Element types into one another. */
final class Casts {
  private Casts() {}

  static Object cast(HostTensor x, DType to) {
    double[] in = doubles(x);
    return switch (to) {
      case FLOAT32 -> {
        float[] out = new float[in.length];
        for (int i = 0; i < out.length; i++) {
          out[i] = (float) in[i];
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
      case BOOL -> {
        byte[] out = new byte[in.length];
        for (int i = 0; i < out.length; i++) {
          out[i] = (byte) (in[i] != 0 ? 1 : 0);
        }
        yield out;
      }
    };
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
      case INT32 -> {
        int[] in = (int[]) x.elements();
        for (int i = 0; i < out.length; i++) {
          out[i] = in[i];
        }
      }
      case BOOL -> {
        byte[] in = (byte[]) x.elements();
        for (int i = 0; i < out.length; i++) {
          out[i] = in[i];
        }
      }
    }
    return out;
  }
}
