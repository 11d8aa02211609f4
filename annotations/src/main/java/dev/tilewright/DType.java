package dev.tilewright;

/** The element type of a tensor. */
public enum DType {
  /** IEEE 754 binary32; the only floating-point type that arithmetic is done in. */
  FLOAT32("f32", 4),
  /** Two's complement 32-bit integer: token ids, positions, masks. */
  INT32("i32", 4),
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

  /** The name used in every textual form: {@code f32}, {@code i32}, {@code bool}. */
  public String shortName() {
    return shortName;
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
