package dev.tilewright.runtime.weights;

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
  public static void q4Zero(BlockBytes block, float[] values) {
    float d = block.half(0);
    for (int i = 0; i < SIZE; i++) {
      values[i] = d * (nibble(block, 2, i) - 8);
    }
  }

  /** {@code d, m, q4[32]}: {@code d*q + m}. */
  public static void q4One(BlockBytes block, float[] values) {
    float d = block.half(0);
    float m = block.half(2);
    for (int i = 0; i < SIZE; i++) {
      values[i] = d * nibble(block, 4, i) + m;
    }
  }

  /** {@code d, 32 fifth bits, q4[32]}: {@code d*(q - 16)}. */
  public static void q5Zero(BlockBytes block, float[] values) {
    float d = block.half(0);
    int fifth = block.int32(2);
    for (int i = 0; i < SIZE; i++) {
      values[i] = d * ((nibble(block, 6, i) | (((fifth >>> i) & 1) << 4)) - 16);
    }
  }

  /** {@code d, m, 32 fifth bits, q4[32]}: {@code d*q + m}. */
  public static void q5One(BlockBytes block, float[] values) {
    float d = block.half(0);
    float m = block.half(2);
    int fifth = block.int32(4);
    for (int i = 0; i < SIZE; i++) {
      values[i] = d * (nibble(block, 8, i) | (((fifth >>> i) & 1) << 4)) + m;
    }
  }

  /** {@code d, i8[32]}: {@code d*q}. */
  public static void q8Zero(BlockBytes block, float[] values) {
    float d = block.half(0);
    for (int i = 0; i < SIZE; i++) {
      values[i] = d * block.signed(2 + i);
    }
  }

  /** {@code d, q4[32]}: {@code d*table[q]}. */
  public static void iq4(BlockBytes block, float[] values) {
    nonlinear(block, 2, block.half(0), values, 0);
  }

  /** 32 elements {@code d*table[q]} whose nibbles begin at a byte of the block. */
  static void nonlinear(BlockBytes block, int nibbles, float d, float[] values, int at) {
    for (int i = 0; i < SIZE; i++) {
      values[at + i] = d * NONLINEAR[nibble(block, nibbles, i)];
    }
  }

  /** {@code d*(q - zero)}, or {@code d*q + m}, as {@link BlockForm}. */
  static void nibbles(BlockBytes block, boolean minimum, int zero, QuantGroups groups) {
    nibbles(block, minimum ? 4 : 2, groups.quants(), begin(block, minimum, zero, groups));
  }

  /** The same with fifth bits before the nibbles. */
  static void fifths(BlockBytes block, boolean minimum, int zero, QuantGroups groups) {
    int at = begin(block, minimum, zero, groups);
    int from = minimum ? 4 : 2;
    int fifth = block.int32(from);
    byte[] quants = groups.quants();
    nibbles(block, from + 4, quants, at);
    for (int i = 0; i < SIZE; i++) {
      quants[at + i] |= (byte) (((fifth >>> i) & 1) << 4);
    }
  }

  private static int begin(BlockBytes block, boolean minimum, int zero, QuantGroups groups) {
    float d = block.half(0);
    return groups.begin(d, minimum ? block.half(2) : -zero * d);
  }

  /** {@code d*q} of signed bytes. */
  static void bytes(BlockBytes block, QuantGroups groups) {
    bytes(block, 2, groups.quants(), begin(block, false, SIGNED, groups));
  }

  /** 32 signed bytes as unsigned ones that are 128 more. */
  static void bytes(BlockBytes block, int from, byte[] quants, int at) {
    for (int i = 0; i < SIZE; i++) {
      quants[at + i] = (byte) (block.signed(from + i) + SIGNED);
    }
  }

  /** {@code d*table[q]}. */
  static void nonlinear(BlockBytes block, QuantGroups groups) {
    nonlinear(block, 2, groups.quants(), begin(block, false, SIGNED, groups));
  }

  /** The table's values of 32 nibbles, 128 more. */
  static void nonlinear(BlockBytes block, int from, byte[] quants, int at) {
    nibbles(block, from, quants, at);
    for (int i = at; i < at + SIZE; i++) {
      quants[i] = (byte) (NONLINEAR[quants[i]] + SIGNED);
    }
  }

  static void nibbles(BlockBytes block, int from, byte[] quants, int at) {
    for (int i = 0; i < HALF; i++) {
      int pair = block.unsigned(from + i);
      quants[at + i] = (byte) (pair & 15);
      quants[at + i + HALF] = (byte) (pair >>> 4);
    }
  }

  /** Element i of 32 nibbles that begin at a byte of the block. */
  static int nibble(BlockBytes block, int from, int i) {
    return (block.unsigned(from + i % HALF) >>> (i / HALF * 4)) & 15;
  }
}
