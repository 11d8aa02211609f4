package dev.tilewright.text;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** Text that has a form in UTF-8. */
final class Utf8 {
  static final Charset CHARSET = StandardCharsets.UTF_8;

  private Utf8() {}

  /** The text with U+FFFD for every half of a surrogate pair. */
  static String wellFormed(String text) {
    if (text.codePoints().noneMatch(Utf8::isSurrogate)) {
      return text;
    }
    return text.codePoints()
        .map(point -> isSurrogate(point) ? 0xfffd : point)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static boolean isSurrogate(int point) {
    return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
  }
}
