package dev.tilewright.runtime;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.tilewright.DType;
import dev.tilewright.runtime.weights.LittleEndian;
import java.lang.foreign.MemorySegment;

/** How one element of a {@link WeightTensor} is stored. All types are little endian. */
public enum WeightType {
  /** IEEE 754 binary64; conversion to float rounds to nearest even. */
  F64(8, true),
  /** IEEE 754 binary32. */
  F32(4, true),
  /** IEEE 754 binary16. */
  F16(2, true),
  /** The upper half of a binary32. */
  BF16(2, true),
  /**
   * Signed, 8 bytes. Magnitudes above 2^24 are rounded by a conversion to float; so for {@link
   * #I32} and {@link #U32}.
   */
  I64(8, false),
  /** Signed, 4 bytes. */
  I32(4, false),
  /** Signed, 2 bytes. */
  I16(2, false),
  /** Signed, 1 byte. */
  I8(1, false),
  /** Unsigned, 4 bytes. */
  U32(4, false),
  /** Unsigned, 2 bytes. */
  U16(2, false),
  /** Unsigned, 1 byte. */
  U8(1, false),
  /** One byte; 0 is false, anything else is true and converts to 1. */
  BOOL(1, false);

  private final int bytes;
  private final boolean floating;

  WeightType(int bytes, boolean floating) {
    this.bytes = bytes;
    this.floating = floating;
  }

  /** How elements of a tensor's type are stored. */
  public static WeightType of(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> F32;
      case BFLOAT16 -> BF16;
      case INT32 -> I32;
      case INT8 -> I8;
      case UINT8 -> U8;
      case BOOL -> BOOL;
    };
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** Whether the type has a fraction: F64, F32, F16 or BF16. */
  public boolean isFloating() {
    return floating;
  }

  /** The element at byte {@code offset} of {@code data}, as a float. */
  float read(MemorySegment data, long offset) {
    return switch (this) {
      case F64 -> (float) data.get(LittleEndian.F64, offset);
      case F32 -> data.get(LittleEndian.F32, offset);
      case F16 -> Float.float16ToFloat(data.get(LittleEndian.I16, offset));
      case BF16 -> Float.intBitsToFloat(data.get(LittleEndian.I16, offset) << 16);
      case I64 -> data.get(LittleEndian.I64, offset);
      case I32 -> data.get(LittleEndian.I32, offset);
      case I16 -> data.get(LittleEndian.I16, offset);
      case I8 -> data.get(JAVA_BYTE, offset);
      case U32 -> Integer.toUnsignedLong(data.get(LittleEndian.I32, offset));
      case U16 -> Short.toUnsignedInt(data.get(LittleEndian.I16, offset));
      case U8 -> Byte.toUnsignedInt(data.get(JAVA_BYTE, offset));
      case BOOL -> data.get(JAVA_BYTE, offset) == 0 ? 0f : 1f;
    };
  }
}
