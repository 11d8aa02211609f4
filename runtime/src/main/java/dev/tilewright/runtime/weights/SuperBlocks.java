package dev.tilewright.runtime.weights;

import static dev.tilewright.runtime.weights.SmallBlocks.half;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * GGML's super-blocks of 256 elements: groups of 16 or 32 of them have a small integer scale (and
 * minimum) of their own under the block's scale d (and minimum m) in binary16: {@code x =
 * (d*scale)*q - m*minimum}.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/src/ggml-quants.c">ggml-quants.c</a>
 */
public final class SuperBlocks {
  private static final int SIZE = 256;

  private SuperBlocks() {}

  /** {@code (minimum, scale)[16] of 4 bits each, q2[256], d, m}. */
  public static void q2(MemorySegment block, float[] values) {
    float d = half(block, 80);
    float m = half(block, 82);
    for (int i = 0; i < SIZE; i++) {
      int scales = unsigned(block, i / 16);
      values[i] = d * (scales & 15) * pair(block, 16, i) - m * (scales >> 4);
    }
  }

  /**
   * {@code third bits[256], q2[256], scales of 6 bits[16], d}: {@code x = d*(scale - 32)*(q - 4)}.
   */
  public static void q3(MemorySegment block, float[] values) {
    float d = half(block, 108);
    for (int i = 0; i < SIZE; i++) {
      int group = i / 16;
      int low = (unsigned(block, 96 + group % 8) >> (group / 8 * 4)) & 15;
      int high = (unsigned(block, 104 + group % 4) >> (group / 4 * 2)) & 3;
      int third = (unsigned(block, i % 32) >> (i / 32)) & 1;
      int q = (pair(block, 32, i) | (third << 2)) - 4;
      values[i] = d * ((low | (high << 4)) - 32) * q;
    }
  }

  /** {@code d, m, scales and minima of 6 bits[8], q4[256]}. */
  public static void q4(MemorySegment block, float[] values) {
    withMinima(block, 16, -1, values);
  }

  /** {@code d, m, scales and minima of 6 bits[8], fifth bits[256], q4[256]}. */
  public static void q5(MemorySegment block, float[] values) {
    withMinima(block, 48, 16, values);
  }

  /**
   * @param nibbles where they begin
   * @param fifths where the fifth bits begin; negative for none
   */
  private static void withMinima(MemorySegment block, int nibbles, int fifths, float[] values) {
    float d = half(block, 0);
    float m = half(block, 2);
    for (int group = 0; group < SIZE / 32; group++) {
      float scale = d * scale(block, group);
      float minimum = m * minimum(block, group);
      for (int i = 0; i < 32; i++) {
        int q = (unsigned(block, nibbles + group / 2 * 32 + i) >> (group % 2 * 4)) & 15;
        if (fifths >= 0) {
          q |= ((unsigned(block, fifths + i) >> group) & 1) << 4;
        }
        values[group * 32 + i] = scale * q - minimum;
      }
    }
  }

  /** {@link #q4} as {@link BlockForm}. */
  static void nibbles(MemorySegment block, byte[] quants, float[] scales, float[] offsets) {
    withMinima(block, 16, -1, quants, scales, offsets);
  }

  /** {@link #q5} as {@link BlockForm}. */
  static void fifths(MemorySegment block, byte[] quants, float[] scales, float[] offsets) {
    withMinima(block, 48, 16, quants, scales, offsets);
  }

  private static void withMinima(
      MemorySegment block,
      int nibbles,
      int fifths,
      byte[] quants,
      float[] scales,
      float[] offsets) {
    float d = half(block, 0);
    float m = half(block, 2);
    for (int group = 0; group < SIZE / 32; group++) {
      scales[group] = d * scale(block, group);
      offsets[group] = -(m * minimum(block, group));
      for (int i = 0; i < 32; i++) {
        int q = (unsigned(block, nibbles + group / 2 * 32 + i) >> (group % 2 * 4)) & 15;
        if (fifths >= 0) {
          q |= ((unsigned(block, fifths + i) >> group) & 1) << 4;
        }
        quants[group * 32 + i] = (byte) q;
      }
    }
  }

  /** {@link #q8} as {@link BlockForm}. */
  static void bytes(MemorySegment block, byte[] quants, float[] scales, float[] offsets) {
    float d = block.get(LittleEndian.F32, 0);
    Arrays.fill(scales, d);
    Arrays.fill(offsets, -SmallBlocks.SIGNED * d);
    SmallBlocks.bytes(block, 4, quants, SIZE);
  }

  /** {@link #iq4} as {@link BlockForm}. */
  static void nonlinear(MemorySegment block, byte[] quants, float[] scales, float[] offsets) {
    for (int group = 0; group < SIZE / 32; group++) {
      scales[group] = unequalScale(block, group);
      offsets[group] = -SmallBlocks.SIGNED * scales[group];
      SmallBlocks.nonlinear(block, 8 + 16 * group, quants, 32 * group);
    }
  }

  /**
   * Of the 12 bytes behind d and m, the first four are scales 0 to 3 and the next four minima 0 to
   * 3, in six bits; the last four have the low nibbles of scales and minima 4 to 7, whose high bits
   * are the two that the first eight bytes leave.
   */
  private static int scale(MemorySegment block, int group) {
    return group < 4
        ? unsigned(block, 4 + group) & 63
        : (unsigned(block, 8 + group) & 15) | (unsigned(block, group) >> 6 << 4);
  }

  private static int minimum(MemorySegment block, int group) {
    return group < 4
        ? unsigned(block, 8 + group) & 63
        : (unsigned(block, 8 + group) >> 4) | (unsigned(block, 4 + group) >> 6 << 4);
  }

  /**
   * {@code low nibbles[256], high pairs[256], i8 scales[16], d}: {@code x = d*scale*(q - 32)}. Each
   * half has 64 bytes of nibbles, elements 0 to 63 below and 64 to 127 above, and 32 bytes of
   * pairs, two bits for each quarter of it.
   */
  public static void q6(MemorySegment block, float[] values) {
    float d = half(block, 208);
    for (int i = 0; i < SIZE; i++) {
      int part = i / 128;
      int inner = i % 128;
      int low = (unsigned(block, part * 64 + inner % 64) >> (inner / 64 * 4)) & 15;
      int high = (unsigned(block, 128 + part * 32 + inner % 32) >> (inner / 32 * 2)) & 3;
      values[i] = d * block.get(JAVA_BYTE, 192 + i / 16) * ((low | (high << 4)) - 32);
    }
  }

  /** {@code binary32 d, i8[256], sums}: {@code x = d*q}. */
  public static void q8(MemorySegment block, float[] values) {
    float d = block.get(LittleEndian.F32, 0);
    for (int i = 0; i < SIZE; i++) {
      values[i] = d * block.get(JAVA_BYTE, 4 + i);
    }
  }

  /** {@code d, high pairs of scales[8], low nibbles of scales[8], q4[256]}, groups as IQ4_NL. */
  public static void iq4(MemorySegment block, float[] values) {
    for (int group = 0; group < SIZE / 32; group++) {
      SmallBlocks.nonlinear(block, 8 + 16 * group, unequalScale(block, group), values, 32 * group);
    }
  }

  private static float unequalScale(MemorySegment block, int group) {
    int high = block.get(LittleEndian.I16, 2);
    int low = (unsigned(block, 4 + group / 2) >> (group % 2 * 4)) & 15;
    return half(block, 0) * ((low | (((high >> (2 * group)) & 3) << 4)) - 32);
  }

  /** Element i of pairs of bits: 32 bytes for each half, whose four quarters lie in their bits. */
  private static int pair(MemorySegment block, int from, int i) {
    return (unsigned(block, from + i / 128 * 32 + i % 32) >> (i % 128 / 32 * 2)) & 3;
  }

  private static int unsigned(MemorySegment block, long offset) {
    return Byte.toUnsignedInt(block.get(JAVA_BYTE, offset));
  }
}
