package dev.tilewright;

/**
 * Recursive descent over {@code sum = product (('+'|'-') product)*; product = factor (('*'|'/')
 * factor)*}.
 */
final class DimParser {
  private static final int DEEPEST = 100;

  private final String text;
  private int at;
  private int depth;

  DimParser(String text) {
    this.text = text;
  }

  Dim parse() {
    Dim dim;
    try {
      dim = sum();
    } catch (ArithmeticException _) {
      throw wrong("numbers that fit 64 bits");
    }
    if (next() != 0) {
      throw wrong("an operator");
    }
    return dim;
  }

  private Dim sum() {
    Dim sum = product();
    while (next() == '+' || next() == '-') {
      boolean minus = text.charAt(at++) == '-';
      Dim term = product();
      sum = minus ? sum.minus(term) : sum.plus(term);
    }
    return sum;
  }

  private Dim product() {
    Dim product = factor();
    while (next() == '*' || next() == '/') {
      boolean quotient = text.charAt(at++) == '/';
      Dim factor = factor();
      if (quotient && (!factor.isKnown() || factor.value() <= 0)) {
        throw wrong("a positive number as divisor");
      }
      product = quotient ? product.dividedBy(factor.value()) : product.times(factor);
    }
    return product;
  }

  private Dim factor() {
    if (++depth > DEEPEST) {
      throw wrong("at most " + DEEPEST + " levels of parentheses and signs");
    }
    Dim factor = atom();
    depth--;
    return factor;
  }

  private Dim atom() {
    char c = next();
    if (c == '-') {
      at++;
      return factor().times(-1);
    }
    if (c == '(') {
      at++;
      Dim inner = sum();
      if (next() != ')') {
        throw wrong("')'");
      }
      at++;
      return inner;
    }
    int start = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
      at++;
    }
    String word = text.substring(start, at);
    if (word.isEmpty()) {
      throw wrong("a number or the name of a dimension");
    }
    if (!Character.isDigit(word.charAt(0))) {
      return Dim.symbol(word);
    }
    try {
      return Dim.of(Long.parseLong(word));
    } catch (NumberFormatException _) {
      at = start;
      throw wrong("a number");
    }
  }

  /** The next character that is no space, or 0 at the end. */
  private char next() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
    return at < text.length() ? text.charAt(at) : 0;
  }

  private IllegalArgumentException wrong(String expected) {
    return new IllegalArgumentException(
        "'" + text + "' is no extent: expected " + expected + " at character " + (at + 1));
  }
}
