package dev.tilewright.codegen.graph;

import static java.util.Locale.ROOT;

import dev.tilewright.On;
import java.util.Optional;

/** The words of a line of a printed graph. */
final class GraphLine {
  private static final String ON = " on ";

  private final String text;
  private int at;

  GraphLine(String text) {
    this.text = text;
    skip();
  }

  boolean atEnd() {
    return at == text.length();
  }

  boolean isId() {
    return text.startsWith("%", at);
  }

  int id() {
    expect("%");
    return integer();
  }

  /** Up to the next space, comma or colon. */
  String word() {
    int start = at;
    while (at < text.length() && " ,:".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    if (start == at) {
      throw new IllegalArgumentException("expected a word at column " + (start + 1));
    }
    return skipAfter(text.substring(start, at));
  }

  int integer() {
    return Integer.parseInt(word());
  }

  String quoted() {
    expect("\"");
    StringBuilder value = new StringBuilder();
    while (text.charAt(at) != '"') {
      if (text.charAt(at) == '\\') {
        at++;
      }
      value.append(text.charAt(at++));
    }
    at++;
    return skipAfter(value.toString());
  }

  /** What stands before the operands, or before the type if there are none. */
  String attributes() {
    int start = at;
    while (at < text.length() && !isId() && !text.startsWith(": ", at)) {
      at++;
    }
    return skipAfter(text.substring(start, at).strip());
  }

  boolean accept(String token) {
    if (!text.startsWith(token, at)) {
      return false;
    }
    at += token.length();
    skip();
    return true;
  }

  void expect(String token) {
    if (!accept(token)) {
      throw new IllegalArgumentException("expected '" + token + "' at column " + (at + 1));
    }
  }

  /** The text before the mark, or the rest of the line if there is none. */
  String upTo(String mark) {
    int end = text.indexOf(mark, at);
    String part = text.substring(at, end < 0 ? text.length() : end);
    at += part.length();
    return skipAfter(part);
  }

  /** {@code @File.java:12:8 on host // text}, or nothing. */
  Origin origin() {
    if (!accept("@")) {
      return Origin.NONE;
    }
    String place = upTo("  // ");
    String comment = accept("// ") ? text.substring(at) : "";
    Optional<On.Unit> on = Optional.empty();
    int demand = place.lastIndexOf(ON);
    if (demand >= 0) {
      on = Optional.of(On.Unit.valueOf(place.substring(demand + ON.length()).toUpperCase(ROOT)));
      place = place.substring(0, demand);
    }
    int column = place.lastIndexOf(':');
    int line = place.lastIndexOf(':', column - 1);
    return new Origin(
        place.substring(0, line),
        Integer.parseInt(place.substring(line + 1, column)),
        Integer.parseInt(place.substring(column + 1)),
        comment,
        on);
  }

  private <T> T skipAfter(T value) {
    skip();
    return value;
  }

  private void skip() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }
}
