package dev.tilewright.pim.compute;

/** bf16 numbers, kept as the upper half of an f32's bits. */
public final class Bf16 {
  private static final short NAN = 0x7fc0;

  private Bf16() {}

  /** The same number in f32. */
  public static float widen(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** The nearest bf16, of two the even one; {@code 0x7fc0} for every NaN. */
  public static short round(float value) {
    if (Float.isNaN(value)) {
      return NAN;
    }
    int bits = Float.floatToRawIntBits(value);
    return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
  }

  /** {@link #round} of each. */
  public static short[] round(float[] values) {
    short[] rounded = new short[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = round(values[i]);
    }
    return rounded;
  }

  /** {@link #widen} of each. */
  public static float[] widen(short[] values) {
    float[] wide = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = widen(values[i]);
    }
    return wide;
  }
}
