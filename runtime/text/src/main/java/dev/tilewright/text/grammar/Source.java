package dev.tilewright.text.grammar;

/** The text of a grammar and a place in it. */
final class Source {
  private final int[] text;
  private int at;

  /** Up to where line and column were counted; the place only moves on. */
  private int known;

  private int line = 1;
  private int column = 1;

  Source(String text) {
    this.text = text.codePoints().toArray();
  }

  int at() {
    return at;
  }

  boolean atEnd() {
    return at == text.length;
  }

  boolean atNewline() {
    return !atEnd() && (text[at] == '\n' || text[at] == '\r');
  }

  int peek() {
    return atEnd() ? -1 : text[at];
  }

  int peekAfter() {
    return at + 1 < text.length ? text[at + 1] : -1;
  }

  int next() {
    return text[at++];
  }

  boolean take(String expected) {
    for (int i = 0; i < expected.length(); i++) {
      if (at + i >= text.length || text[at + i] != expected.charAt(i)) {
        return false;
      }
    }
    at += expected.length();
    return true;
  }

  String since(int start) {
    return new String(text, start, at - start);
  }

  /** Passes over spaces and comments, and newlines, too, if these mean nothing here. */
  void skip(boolean newlines) {
    while (!atEnd()) {
      int c = text[at];
      if (c == '#') {
        while (!atEnd() && !atNewline()) {
          at++;
        }
      } else if (c == ' ' || c == '\t' || (newlines && atNewline())) {
        at++;
      } else {
        return;
      }
    }
  }

  /** A character as it is or escaped, as in literals and sets. */
  int character() {
    Position here = position();
    int c = next();
    if (c != '\\') {
      return c;
    }
    if (atEnd()) {
      throw new GrammarException(here, "After \\ comes what it escapes");
    }
    int escaped = next();
    return switch (escaped) {
      case 'x' -> hex(here, 2);
      case 'u' -> hex(here, 4);
      case 'U' -> hex(here, 8);
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case '\\', '"', '[', ']', '-', '^' -> escaped;
      default ->
          throw new GrammarException(
              here,
              "\\%s is no escape; \\n \\r \\t \\\\ \\\" \\[ \\] \\- \\^ \\xXX \\uXXXX and \\UXXXXXXXX are"
                  .formatted(Character.toString(escaped)));
    };
  }

  private int hex(Position here, int digits) {
    long value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = atEnd() ? -1 : Character.digit(text[at], 16);
      if (digit < 0) {
        throw new GrammarException(here, "Expected %d hexadecimal digits".formatted(digits));
      }
      value = 16 * value + digit;
      at++;
    }
    if (value > Character.MAX_CODE_POINT
        || (value >= Character.MIN_SURROGATE && value <= Character.MAX_SURROGATE)) {
      throw new GrammarException(here, "U+%04X is no character of Unicode".formatted(value));
    }
    return (int) value;
  }

  Position position() {
    for (; known < at; known++) {
      boolean newline = text[known] == '\n';
      line += newline ? 1 : 0;
      column = newline ? 1 : column + 1;
    }
    return new Position(line, column);
  }

  GrammarException error(String message) {
    return new GrammarException(
        position(), message + ", not " + (atEnd() ? "the end" : shown(peek())));
  }

  static String shown(int c) {
    return c < ' ' ? "U+%04X".formatted(c) : "'" + Character.toString(c) + "'";
  }
}
