package dev.tilewright.runtime.weights;

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
  public static void q2(BlockBytes block, float[] values) {
    float d = block.half(80);
    float m = block.half(82);
    for (int i = 0; i < SIZE; i++) {
      int scales = block.unsigned(i / 16);
      values[i] = d * (scales & 15) * pair(block, 16, i) - m * (scales >> 4);
    }
  }

  /**
   * {@code third bits[256], q2[256], scales of 6 bits[16], d}: {@code x = d*(scale - 32)*(q - 4)}.
   */
  public static void q3(BlockBytes block, float[] values) {
    float d = block.half(108);
    for (int i = 0; i < SIZE; i++) {
      int group = i / 16;
      int low = (block.unsigned(96 + group % 8) >> (group / 8 * 4)) & 15;
      int high = (block.unsigned(104 + group % 4) >> (group / 4 * 2)) & 3;
      int third = (block.unsigned(i % 32) >> (i / 32)) & 1;
      int q = (pair(block, 32, i) | (third << 2)) - 4;
      values[i] = d * ((low | (high << 4)) - 32) * q;
    }
  }

  /** {@code d, m, scales and minima of 6 bits[8], q4[256]}. */
  public static void q4(BlockBytes block, float[] values) {
    withMinima(block, 16, -1, values);
  }

  /** {@code d, m, scales and minima of 6 bits[8], fifth bits[256], q4[256]}. */
  public static void q5(BlockBytes block, float[] values) {
    withMinima(block, 48, 16, values);
  }

  /**
   * @param nibbles where they begin
   * @param fifths where the fifth bits begin; negative for none
   */
  private static void withMinima(BlockBytes block, int nibbles, int fifths, float[] values) {
    float d = block.half(0);
    float m = block.half(2);
    for (int group = 0; group < SIZE / 32; group++) {
      float scale = d * scale(block, group);
      float minimum = m * minimum(block, group);
      for (int i = 0; i < 32; i++) {
        int q = (block.unsigned(nibbles + group / 2 * 32 + i) >> (group % 2 * 4)) & 15;
        if (fifths >= 0) {
          q |= ((block.unsigned(fifths + i) >> group) & 1) << 4;
        }
        values[group * 32 + i] = scale * q - minimum;
      }
    }
  }

  /** {@link #q4} as {@link BlockForm}. */
  static void nibbles(BlockBytes block, QuantGroups groups) {
    withMinima(block, 16, -1, groups);
  }

  /** {@link #q5} as {@link BlockForm}. */
  static void fifths(BlockBytes block, QuantGroups groups) {
    withMinima(block, 48, 16, groups);
  }

  private static void withMinima(BlockBytes block, int nibbles, int fifths, QuantGroups groups) {
    float d = block.half(0);
    float m = block.half(2);
    byte[] quants = groups.quants();
    for (int group = 0; group < SIZE / 32; group++) {
      int at = groups.begin(d * scale(block, group), -(m * minimum(block, group)));
      for (int i = 0; i < 32; i++) {
        int q = (block.unsigned(nibbles + group / 2 * 32 + i) >> (group % 2 * 4)) & 15;
        if (fifths >= 0) {
          q |= ((block.unsigned(fifths + i) >> group) & 1) << 4;
        }
        quants[at + i] = (byte) q;
      }
    }
  }

  /** {@link #q8} as {@link BlockForm}. */
  static void bytes(BlockBytes block, QuantGroups groups) {
    float d = block.single(0);
    for (int group = 0; group < SIZE / 32; group++) {
      int at = groups.begin(d, -SmallBlocks.SIGNED * d);
      SmallBlocks.bytes(block, 4 + 32 * group, groups.quants(), at);
    }
  }

  /** {@link #iq4} as {@link BlockForm}. */
  static void nonlinear(BlockBytes block, QuantGroups groups) {
    for (int group = 0; group < SIZE / 32; group++) {
      float scale = unequalScale(block, group);
      int at = groups.begin(scale, -SmallBlocks.SIGNED * scale);
      SmallBlocks.nonlinear(block, 8 + 16 * group, groups.quants(), at);
    }
  }

  /**
   * Of the 12 bytes behind d and m, the first four are scales 0 to 3 and the next four minima 0 to
   * 3, in six bits; the last four have the low nibbles of scales and minima 4 to 7, whose high bits
   * are the two that the first eight bytes leave.
   */
  private static int scale(BlockBytes block, int group) {
    return group < 4
        ? block.unsigned(4 + group) & 63
        : (block.unsigned(8 + group) & 15) | (block.unsigned(group) >> 6 << 4);
  }

  private static int minimum(BlockBytes block, int group) {
    return group < 4
        ? block.unsigned(8 + group) & 63
        : (block.unsigned(8 + group) >> 4) | (block.unsigned(4 + group) >> 6 << 4);
  }

  /**
   * {@code low nibbles[256], high pairs[256], i8 scales[16], d}: {@code x = d*scale*(q - 32)}. Each
   * half has 64 bytes of nibbles, elements 0 to 63 below and 64 to 127 above, and 32 bytes of
   * pairs, two bits for each quarter of it.
   */
  public static void q6(BlockBytes block, float[] values) {
    float d = block.half(208);
    for (int i = 0; i < SIZE; i++) {
      int part = i / 128;
      int inner = i % 128;
      int low = (block.unsigned(part * 64 + inner % 64) >> (inner / 64 * 4)) & 15;
      int high = (block.unsigned(128 + part * 32 + inner % 32) >> (inner / 32 * 2)) & 3;
      values[i] = d * block.signed(192 + i / 16) * ((low | (high << 4)) - 32);
    }
  }

  /** {@code binary32 d, i8[256], sums}: {@code x = d*q}. */
  public static void q8(BlockBytes block, float[] values) {
    float d = block.single(0);
    for (int i = 0; i < SIZE; i++) {
      values[i] = d * block.signed(4 + i);
    }
  }

  /** {@code d, high pairs of scales[8], low nibbles of scales[8], q4[256]}, groups as IQ4_NL. */
  public static void iq4(BlockBytes block, float[] values) {
    for (int group = 0; group < SIZE / 32; group++) {
      SmallBlocks.nonlinear(block, 8 + 16 * group, unequalScale(block, group), values, 32 * group);
    }
  }

  private static float unequalScale(BlockBytes block, int group) {
    int high = block.int16(2);
    int low = (block.unsigned(4 + group / 2) >> (group % 2 * 4)) & 15;
    return block.half(0) * ((low | (((high >> (2 * group)) & 3) << 4)) - 32);
  }

  /** Element i of pairs of bits: 32 bytes for each half, whose four quarters lie in their bits. */
  private static int pair(BlockBytes block, int from, int i) {
    return (block.unsigned(from + i / 128 * 32 + i % 32) >> (i % 128 / 32 * 2)) & 3;
  }
}
