package dev.tilewright.runtime.weights;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/**
 * Blocks of 32 elements {@code x = d*q + m}, with d and m in binary32 at the beginning, so that
 * they hold what {@code s*(q - z)} of GPTQ and AWQ means without rounding. Nibbles lie as in {@link
 * SmallBlocks}.
 */
public final class GroupBlocks {
  static final int SIZE = 32;
  static final int QUANTS = 2 * Float.BYTES;

  private GroupBlocks() {}

  /** {@code d, m, q4[32]}. */
  public static void u4(MemorySegment block, float[] values) {
    float d = block.get(LittleEndian.F32, 0);
    float m = block.get(LittleEndian.F32, Float.BYTES);
    for (int i = 0; i < SIZE; i++) {
      values[i] = d * SmallBlocks.nibble(block, QUANTS, i) + m;
    }
  }

  /** {@code d, m, u8[32]}. */
  public static void u8(MemorySegment block, float[] values) {
    float d = block.get(LittleEndian.F32, 0);
    float m = block.get(LittleEndian.F32, Float.BYTES);
    for (int i = 0; i < SIZE; i++) {
      values[i] = d * Byte.toUnsignedInt(block.get(JAVA_BYTE, QUANTS + i)) + m;
    }
  }

  /** {@link #u4} as {@link BlockForm}. */
  static void nibbles(MemorySegment block, byte[] quants, float[] scales, float[] offsets) {
    factors(block, scales, offsets);
    SmallBlocks.nibbles(block, QUANTS, quants, 0);
  }

  /** {@link #u8} as {@link BlockForm}. */
  static void bytes(MemorySegment block, byte[] quants, float[] scales, float[] offsets) {
    factors(block, scales, offsets);
    MemorySegment.copy(block, JAVA_BYTE, QUANTS, quants, 0, SIZE);
  }

  private static void factors(MemorySegment block, float[] scales, float[] offsets) {
    scales[0] = block.get(LittleEndian.F32, 0);
    offsets[0] = block.get(LittleEndian.F32, Float.BYTES);
  }

  /** Writes {@link #u4} at a byte. */
  static void writeNibbles(MemorySegment data, long at, float scale, float offset, byte[] quants) {
    writeFactors(data, at, scale, offset);
    for (int i = 0; i < SIZE / 2; i++) {
      data.set(JAVA_BYTE, at + QUANTS + i, (byte) (quants[i] | quants[i + SIZE / 2] << 4));
    }
  }

  /** Writes {@link #u8} at a byte. */
  static void writeBytes(MemorySegment data, long at, float scale, float offset, byte[] quants) {
    writeFactors(data, at, scale, offset);
    MemorySegment.copy(quants, 0, data, JAVA_BYTE, at + QUANTS, SIZE);
  }

  private static void writeFactors(MemorySegment data, long at, float scale, float offset) {
    data.set(LittleEndian.F32, at, scale);
    data.set(LittleEndian.F32, at + Float.BYTES, offset);
  }
}
