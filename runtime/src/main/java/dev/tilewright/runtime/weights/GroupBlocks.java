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
  public static void u4(BlockBytes block, float[] values) {
    float d = block.single(0);
    float m = block.single(Float.BYTES);
    for (int i = 0; i < SIZE; i++) {
      values[i] = d * SmallBlocks.nibble(block, QUANTS, i) + m;
    }
  }

  /** {@code d, m, u8[32]}. */
  public static void u8(BlockBytes block, float[] values) {
    float d = block.single(0);
    float m = block.single(Float.BYTES);
    for (int i = 0; i < SIZE; i++) {
      values[i] = d * block.unsigned(QUANTS + i) + m;
    }
  }

  /** {@link #u4} as {@link BlockForm}. */
  static void nibbles(BlockBytes block, QuantGroups groups) {
    SmallBlocks.nibbles(block, QUANTS, groups.quants(), begin(block, groups));
  }

  /** {@link #u8} as {@link BlockForm}. */
  static void bytes(BlockBytes block, QuantGroups groups) {
    int at = begin(block, groups);
    for (int i = 0; i < SIZE; i++) {
      groups.quants()[at + i] = block.signed(QUANTS + i);
    }
  }

  private static int begin(BlockBytes block, QuantGroups groups) {
    return groups.begin(block.single(0), block.single(Float.BYTES));
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
