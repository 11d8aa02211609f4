package dev.tilewright.pim.controller;

/** The type to which every addition and multiplication rounds. */
public enum Arithmetic {
  FP32,
  BF16;

  /** {@code value} in this type, to nearest even. */
  public float round(float value) {
    return this == FP32 ? value : widen(narrow(value));
  }

  /** The bits of the nearest bf16, ties to even; NaN gives the quiet NaN of its sign. */
  public static short narrow(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
  }

  /** The value of a bf16. */
  public static float widen(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }
}
