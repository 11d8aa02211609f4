package dev.tilewright.runtime.weights;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/**
 * GGML's blocks of 32 elements {@code x = d*q} or {@code x = d*q + m}, with d and m in binary16 at
 * the beginning. Of 16 bytes of nibbles, byte i has element i below and element i + 16 above.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/src/ggml-quants.c">ggml-quants.c</a>
 */
public final class SmallBlocks {
  private static final int SIZE = 32;
  private static final int HALF = SIZE / 2;

  /** What makes signed bytes unsigned. */
  static final int SIGNED = 128;

  /** What the nibbles of IQ4_NL and IQ4_XS stand for. */
  private static final byte[] NONLINEAR = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  private SmallBlocks() {}

  /** {@code d, q4[32]}: {@code d*(q - 8)}. */
  public static void q4Zero(MemorySegment block, float[] values) {
    float d = half(block, 0);
    for (int i = 0; i < SIZE; i++) {
      values[i] = d * (nibble(block, 2, i) - 8);
    }
  }

  /** {@code d, m, q4[32]}: {@code d*q + m}. */
  public static void q4One(MemorySegment block, float[] values) {
    float d = half(block, 0);
    float m = half(block, 2);
    for (int i = 0; i < SIZE; i++) {
      values[i] = d * nibble(block, 4, i) + m;
    }
  }

  /** {@code d, 32 fifth bits, q4[32]}: {@code d*(q - 16)}. */
  public static void q5Zero(MemorySegment block, float[] values) {
    float d = half(block, 0);
    int fifth = block.get(LittleEndian.I32, 2);
    for (int i = 0; i < SIZE; i++) {
      values[i] = d * ((nibble(block, 6, i) | (((fifth >>> i) & 1) << 4)) - 16);
    }
  }

  /** {@code d, m, 32 fifth bits, q4[32]}: {@code d*q + m}. */
  public static void q5One(MemorySegment block, float[] values) {
    float d = half(block, 0);
    float m = half(block, 2);
    int fifth = block.get(LittleEndian.I32, 4);
    for (int i = 0; i < SIZE; i++) {
      values[i] = d * (nibble(block, 8, i) | (((fifth >>> i) & 1) << 4)) + m;
    }
  }

  /** {@code d, i8[32]}: {@code d*q}. */
  public static void q8Zero(MemorySegment block, float[] values) {
    float d = half(block, 0);
    for (int i = 0; i < SIZE; i++) {
      values[i] = d * block.get(JAVA_BYTE, 2 + i);
    }
  }

  /** {@code d, q4[32]}: {@code d*table[q]}. */
  public static void iq4(MemorySegment block, float[] values) {
    nonlinear(block, 2, half(block, 0), values, 0);
  }

  /** 32 elements {@code d*table[q]} whose nibbles begin at a byte of the block. */
  static void nonlinear(MemorySegment block, int nibbles, float d, float[] values, int at) {
    for (int i = 0; i < SIZE; i++) {
      values[at + i] = d * NONLINEAR[nibble(block, nibbles, i)];
    }
  }

  /** {@code d*(q - zero)}, or {@code d*q + m}, as {@link BlockForm}. */
  static void nibbles(
      MemorySegment block,
      boolean minimum,
      int zero,
      byte[] quants,
      float[] scales,
      float[] offsets) {
    factors(block, minimum, zero, scales, offsets);
    nibbles(block, minimum ? 4 : 2, quants, 0);
  }

  /** The same with fifth bits before the nibbles. */
  static void fifths(
      MemorySegment block,
      boolean minimum,
      int zero,
      byte[] quants,
      float[] scales,
      float[] offsets) {
    factors(block, minimum, zero, scales, offsets);
    int from = minimum ? 4 : 2;
    int fifth = block.get(LittleEndian.I32, from);
    nibbles(block, from + 4, quants, 0);
    for (int i = 0; i < SIZE; i++) {
      quants[i] |= (byte) (((fifth >>> i) & 1) << 4);
    }
  }

  private static void factors(
      MemorySegment block, boolean minimum, int zero, float[] scales, float[] offsets) {
    scales[0] = half(block, 0);
    offsets[0] = minimum ? half(block, 2) : -zero * scales[0];
  }

  /** {@code d*q} of signed bytes. */
  static void bytes(MemorySegment block, byte[] quants, float[] scales, float[] offsets) {
    factors(block, false, SIGNED, scales, offsets);
    bytes(block, 2, quants, SIZE);
  }

  /** Signed bytes as unsigned ones that are 128 more. */
  static void bytes(MemorySegment block, int from, byte[] quants, int count) {
    for (int i = 0; i < count; i++) {
      quants[i] = (byte) (block.get(JAVA_BYTE, from + i) + SIGNED);
    }
  }

  /** {@code d*table[q]}. */
  static void nonlinear(MemorySegment block, byte[] quants, float[] scales, float[] offsets) {
    factors(block, false, SIGNED, scales, offsets);
    nonlinear(block, 2, quants, 0);
  }

  /** The table's values of 32 nibbles, 128 more. */
  static void nonlinear(MemorySegment block, int from, byte[] quants, int at) {
    nibbles(block, from, quants, at);
    for (int i = at; i < at + SIZE; i++) {
      quants[i] = (byte) (NONLINEAR[quants[i]] + SIGNED);
    }
  }

  static void nibbles(MemorySegment block, int from, byte[] quants, int at) {
    for (int i = 0; i < HALF; i++) {
      int pair = block.get(JAVA_BYTE, from + i);
      quants[at + i] = (byte) (pair & 15);
      quants[at + i + HALF] = (byte) ((pair >>> 4) & 15);
    }
  }

  /** Element i of 32 nibbles that begin at a byte of the block. */
  static int nibble(MemorySegment block, int from, int i) {
    return (block.get(JAVA_BYTE, from + i % HALF) >>> (i / HALF * 4)) & 15;
  }

  /** A binary16. */
  static float half(MemorySegment block, long offset) {
    return Float.float16ToFloat(block.get(LittleEndian.I16, offset));
  }
}
