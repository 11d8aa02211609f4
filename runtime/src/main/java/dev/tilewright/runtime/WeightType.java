package dev.tilewright.runtime;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.tilewright.DType;
import dev.tilewright.runtime.weights.BlockBytes;
import dev.tilewright.runtime.weights.BlockDecoder;
import dev.tilewright.runtime.weights.GroupBlocks;
import dev.tilewright.runtime.weights.LittleEndian;
import dev.tilewright.runtime.weights.SmallBlocks;
import dev.tilewright.runtime.weights.SuperBlocks;
import java.lang.foreign.MemorySegment;

/**
 * How elements of a {@link WeightTensor} are stored: one by one, or in blocks of neighbours that
 * share scales, GGML's and those of GPTQ and AWQ. All types are little endian.
 */
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
  BOOL(1, false),
  /** Blocks of 32 in 4 bits and a scale. */
  Q4_0(32, 18),
  /** Blocks of 32 in 4 bits, a scale and a minimum. */
  Q4_1(32, 20),
  /** Blocks of 32 in 5 bits and a scale. */
  Q5_0(32, 22),
  /** Blocks of 32 in 5 bits, a scale and a minimum. */
  Q5_1(32, 24),
  /** Blocks of 32 in 8 bits and a scale. */
  Q8_0(32, 34),
  /** Blocks of 256 in 2 bits, scales and minima of 16. */
  Q2_K(256, 84),
  /** Blocks of 256 in 3 bits, scales of 16. */
  Q3_K(256, 110),
  /** Blocks of 256 in 4 bits, scales and minima of 32. */
  Q4_K(256, 144),
  /** Blocks of 256 in 5 bits, scales and minima of 32. */
  Q5_K(256, 176),
  /** Blocks of 256 in 6 bits, scales of 16. */
  Q6_K(256, 210),
  /** Blocks of 256 in 8 bits and a scale. */
  Q8_K(256, 292),
  /** Blocks of 32 in 4 bits that stand for unequal steps, and a scale. */
  IQ4_NL(32, 18),
  /** Blocks of 256 in 4 bits that stand for unequal steps, scales of 32. */
  IQ4_XS(256, 136),
  /** Blocks of 32 in 4 bits, a scale and an offset in binary32: what GPTQ and AWQ hold. */
  U4_GROUP(32, 24),
  /** Blocks of 32 in 8 bits, a scale and an offset in binary32: what GPTQ with 8 bits holds. */
  U8_GROUP(32, 40);

  private final int elements;
  private final int bytes;
  private final boolean floating;

  WeightType(int bytes, boolean floating) {
    this.elements = 1;
    this.bytes = bytes;
    this.floating = floating;
  }

  WeightType(int elements, int bytes) {
    this.elements = elements;
    this.bytes = bytes;
    this.floating = true;
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

  /** Bytes of one element, or of one block. */
  public int bytes() {
    return bytes;
  }

  /** Elements of a block; 1 where elements are stored one by one. */
  public int elements() {
    return elements;
  }

  /** Whether elements are stored in blocks. */
  public boolean isBlocked() {
    return elements > 1;
  }

  /** Whether the type has a fraction: F64, F32, F16, BF16, and all blocks. */
  public boolean isFloating() {
    return floating;
  }

  /** All elements of whole blocks, one after the other. */
  float[] decode(MemorySegment blocks) {
    int count = Math.toIntExact(blocks.byteSize() / bytes);
    int size = elements;
    float[] all = new float[Math.multiplyExact(count, size)];
    float[] values = new float[size];
    BlockDecoder decoder = decoder();
    BlockBytes from = new BlockBytes(blocks, bytes);
    for (int at = 0; from.next(); at += size) {
      decoder.decode(from, values);
      System.arraycopy(values, 0, all, at, size);
    }
    return all;
  }

  private BlockDecoder decoder() {
    return switch (this) {
      case Q4_0 -> SmallBlocks::q4Zero;
      case Q4_1 -> SmallBlocks::q4One;
      case Q5_0 -> SmallBlocks::q5Zero;
      case Q5_1 -> SmallBlocks::q5One;
      case Q8_0 -> SmallBlocks::q8Zero;
      case Q2_K -> SuperBlocks::q2;
      case Q3_K -> SuperBlocks::q3;
      case Q4_K -> SuperBlocks::q4;
      case Q5_K -> SuperBlocks::q5;
      case Q6_K -> SuperBlocks::q6;
      case Q8_K -> SuperBlocks::q8;
      case IQ4_NL -> SmallBlocks::iq4;
      case IQ4_XS -> SuperBlocks::iq4;
      case U4_GROUP -> GroupBlocks::u4;
      case U8_GROUP -> GroupBlocks::u8;
      case F64, F32, F16, BF16, I64, I32, I16, I8, U32, U16, U8, BOOL ->
          throw new IllegalStateException(this + " has no blocks");
    };
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
          throw new IllegalStateException(this + " is decoded block by block");
    };
  }
}
