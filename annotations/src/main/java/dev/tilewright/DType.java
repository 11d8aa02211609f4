package dev.tilewright;

/** The element type of a tensor. */
public enum DType {
  /** IEEE 754 binary32; the only floating-point type that arithmetic is done in. */
  FLOAT32("f32", 4),
  /**
   * The upper half of a binary32: 8 bits of exponent, 8 of precision. Values of this type are
   * moved, selected, multiplied by {@code Contract} and cast; other arithmetic is done in FLOAT32.
   */
  BFLOAT16("bf16", 2),
  /** Two's complement 32-bit integer: token ids, positions, masks. */
  INT32("i32", 4),
  /**
   * Two's complement 8-bit integer: quantised weights. Like {@link #BFLOAT16}, moved and multiplied
   * only; other arithmetic is done in INT32.
   */
  INT8("i8", 1),
  /** Unsigned 8-bit integer: quantised activations. Like {@link #INT8}, moved and multiplied. */
  UINT8("u8", 1),
  /** The result of a comparison, one byte an element: 0 or 1. */
  BOOL("bool", 1);

  private final String shortName;
  private final int bytes;

  DType(String shortName, int bytes) {
    this.shortName = shortName;
    this.bytes = bytes;
  }

  /** The size of one element in bytes. */
  public int bytes() {
    return bytes;
  }

  /** The name used in every textual form: {@code f32}, {@code bf16}, {@code i32}, {@code bool}. */
  public String shortName() {
    return shortName;
  }

  /** Whether arithmetic other than products is refused for it: BFLOAT16, INT8, UINT8. */
  public boolean isNarrow() {
    return this == BFLOAT16 || this == INT8 || this == UINT8;
  }

  /**
   * The value of this type that a {@code Cast} makes of a number: FLOAT32 and BFLOAT16 round to the
   * nearest, ties to even (BFLOAT16 from the FLOAT32 value); integers truncate toward zero,
   * saturate and take NaN to 0; BOOL is {@code value != 0}.
   */
  public double of(double value) {
    return switch (this) {
      case FLOAT32 -> (float) value;
      case BFLOAT16 -> bfloat16Value(bfloat16Bits((float) value));
      case INT32 -> (int) value;
      case INT8 -> Math.clamp((int) value, Byte.MIN_VALUE, Byte.MAX_VALUE);
      case UINT8 -> Math.clamp((int) value, 0, 255);
      case BOOL -> value != 0 ? 1 : 0;
    };
  }

  /** The bits of the BFLOAT16 nearest to the value, ties to even; a NaN stays a (quiet) NaN. */
  public static short bfloat16Bits(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
  }

  /** The value of BFLOAT16 bits, exact. */
  public static float bfloat16Value(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /**
   * The type with the given short name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static DType ofShortName(String shortName) {
    for (DType dtype : values()) {
      if (dtype.shortName.equals(shortName)) {
        return dtype;
      }
    }
    throw new IllegalArgumentException("no element type is called '" + shortName + "'");
  }

  @Override
  public String toString() {
    return shortName;
  }
}
