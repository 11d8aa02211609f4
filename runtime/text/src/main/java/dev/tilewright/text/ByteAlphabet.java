package dev.tilewright.text;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * The printable characters that byte-level vocabularies write bytes with: printable Latin-1 stands
 * for itself, and the other bytes, in order, for U+0100 and up.
 */
final class ByteAlphabet {
  private static final char[] CHARACTERS = new char[256];
  private static final short[] BYTES = new short[0x100 + 256];

  static {
    Arrays.fill(BYTES, (short) -1);
    char next = 0x100;
    for (int value = 0; value < 256; value++) {
      boolean printable = (value > 0x20 && value < 0x7f) || (value > 0xa0 && value != 0xad);
      CHARACTERS[value] = printable ? (char) value : next++;
      BYTES[CHARACTERS[value]] = (short) value;
    }
  }

  private ByteAlphabet() {}

  static char character(byte value) {
    return CHARACTERS[value & 0xff];
  }

  static String write(byte[] bytes) {
    char[] written = new char[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      written[i] = character(bytes[i]);
    }
    return new String(written);
  }

  /** The bytes that the text stands for; characters outside the alphabet stand for their UTF-8. */
  static byte[] read(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    text.codePoints()
        .forEach(
            point -> {
              if (point < BYTES.length && BYTES[point] >= 0) {
                bytes.write(BYTES[point]);
              } else {
                bytes.writeBytes(Character.toString(point).getBytes(Utf8.CHARSET));
              }
            });
    return bytes.toByteArray();
  }
}
