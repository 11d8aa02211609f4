package dev.tilewright.text.grammar;

import java.util.Arrays;
import java.util.function.BiConsumer;

/**
 * Ranges of characters as sequences of ranges of bytes: UTF-8 (<a
 * href="https://www.rfc-editor.org/rfc/rfc3629">RFC 3629</a>) keeps the order of code points, so a
 * range splits where the number of bytes changes, and where trailing bytes do not run through all
 * values.
 */
final class Utf8Bytes {
  private static final int[] LAST = {0x7F, 0x7FF, 0xFFFF, 0x10FFFF};

  private Utf8Bytes() {}

  /**
   * Hands out the sequences.
   *
   * @param to takes the first and the last byte at each place; both arrays are of the same length
   */
  static void split(Characters.Range range, BiConsumer<int[], int[]> to) {
    int first = range.first();
    for (int last : LAST) {
      if (first <= last && first <= range.last()) {
        same(first, Math.min(last, range.last()), to);
        first = last + 1;
      }
    }
  }

  /** A range of characters of the same number of bytes. */
  private static void same(int first, int last, BiConsumer<int[], int[]> to) {
    for (int bits = 6; bits <= 18; bits += 6) {
      int low = (1 << bits) - 1;
      if (first >> bits == last >> bits) {
        break;
      }
      if ((first & low) != 0) {
        same(first, first | low, to);
        same((first | low) + 1, last, to);
        return;
      }
      if ((last & low) != low) {
        same(first, (last & ~low) - 1, to);
        same(last & ~low, last, to);
        return;
      }
    }
    to.accept(bytes(first), bytes(last));
  }

  private static int[] bytes(int codePoint) {
    byte[] bytes = Character.toString(codePoint).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    int[] unsigned = new int[bytes.length];
    Arrays.setAll(unsigned, i -> bytes[i] & 0xFF);
    return unsigned;
  }
}
