package dev.tilewright.pim.map;

/** The written arithmetic of a bank, stated on arrays. */
public final class PlainArithmetic {
  private PlainArithmetic() {}

  public static float widen(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  public static short narrow(float value) {
    int bits = Float.floatToIntBits(value);
    int low = bits & 0xffff;
    boolean up = low > 0x8000 || (low == 0x8000 && (bits >>> 16 & 1) == 1);
    return (short) ((bits >>> 16) + (up ? 1 : 0));
  }

  public static float round(float value) {
    return widen(narrow(value));
  }

  /** Products of bf16, exact in fp32, summed in pairs. */
  static float tree(short[] a, short[] b) {
    float[] p = new float[16];
    for (int i = 0; i < 16; i++) {
      p[i] = widen(a[i]) * widen(b[i]);
    }
    return (((p[0] + p[1]) + (p[2] + p[3])) + ((p[4] + p[5]) + (p[6] + p[7])))
        + (((p[8] + p[9]) + (p[10] + p[11])) + ((p[12] + p[13]) + (p[14] + p[15])));
  }

  /** A product as a bank does it: chunks that start at the bias or zero and round once. */
  public static float dot(float[] w, float[] x, float bias, int chunk) {
    float sum = 0;
    for (int from = 0; from < w.length; from += chunk) {
      float accumulator = from == 0 ? round(bias) : 0;
      for (int k = from; k < Math.min(w.length, from + chunk); k += 16) {
        short[] a = new short[16];
        short[] b = new short[16];
        for (int i = 0; i < 16 && k + i < w.length; i++) {
          a[i] = narrow(w[k + i]);
          b[i] = narrow(x[k + i]);
        }
        accumulator += tree(a, b);
      }
      sum += round(accumulator);
    }
    return sum;
  }
}
