package dev.tilewright.text.grammar;

import java.util.List;
import java.util.stream.Stream;

/** What a rule of a grammar may say. */
sealed interface Expression {
  /** One character of a set. */
  record One(Characters of) implements Expression {}

  /** A text as it is. */
  record Literal(String text) implements Expression {}

  /** One after the other; nothing if there are none. */
  record Sequence(List<Expression> items) implements Expression {}

  /** One of several. */
  record Choice(List<Expression> options) implements Expression {}

  /**
   * The same several times.
   *
   * @param most at most, or {@link #UNLIMITED}
   */
  record Repeat(Expression item, int least, int most, Position at) implements Expression {
    static final int UNLIMITED = -1;
  }

  /** What a rule says. */
  record Call(String rule, Position at) implements Expression {}

  static Expression sequence(Expression... items) {
    return new Sequence(Stream.of(items).toList());
  }

  static Expression choice(Expression... options) {
    return new Choice(Stream.of(options).toList());
  }
}
