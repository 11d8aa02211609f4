package dev.tilewright.text.grammar;

import static dev.tilewright.text.grammar.Expression.sequence;
import static dev.tilewright.text.grammar.JsonRules.one;
import static dev.tilewright.text.grammar.JsonRules.repeat;
import static dev.tilewright.text.grammar.JsonRules.text;

import java.util.ArrayList;
import java.util.List;

/** The whole numbers from one to another, digit by digit. */
final class IntegerRange {
  /** Numbers have up to 16 digits, as without limits. */
  static final long MOST = 9_999_999_999_999_999L;

  private IntegerRange() {}

  /** Both within {@link #MOST} of 0, the first not greater than the last. */
  static Expression of(long first, long last) {
    List<Expression> options = new ArrayList<>();
    if (first < 0) {
      options.add(sequence(text("-"), natural(Math.max(1, -last), -first)));
    }
    if (last >= 0) {
      options.add(natural(Math.max(0, first), last));
    }
    return new Expression.Choice(options);
  }

  private static Expression natural(long first, long last) {
    List<Expression> options = new ArrayList<>();
    long from = first;
    while (from <= last) {
      int digits = Long.toString(from).length();
      long to = Math.min(last, power(digits) - 1);
      options.add(digits(from, to, digits));
      from = to + 1;
    }
    return new Expression.Choice(options);
  }

  /** Numbers written with so many digits, zeros in front included. */
  private static Expression digits(long first, long last, int digits) {
    if (digits == 0) {
      return text("");
    }
    long unit = power(digits - 1);
    long low = first / unit;
    long high = last / unit;
    if (first == low * unit && last == high * unit + unit - 1) {
      return sequence(digit(low, high), repeat(digit(0, 9), digits - 1, digits - 1));
    }
    if (low == high) {
      return sequence(digit(low, low), digits(first % unit, last % unit, digits - 1));
    }
    List<Expression> options = new ArrayList<>();
    options.add(sequence(digit(low, low), digits(first % unit, unit - 1, digits - 1)));
    if (low + 1 < high) {
      options.add(sequence(digit(low + 1, high - 1), repeat(digit(0, 9), digits - 1, digits - 1)));
    }
    options.add(sequence(digit(high, high), digits(0, last % unit, digits - 1)));
    return new Expression.Choice(options);
  }

  private static Expression digit(long first, long last) {
    return one(Characters.range('0' + (int) first, '0' + (int) last));
  }

  private static long power(int exponent) {
    long power = 1;
    for (int i = 0; i < exponent; i++) {
      power *= 10;
    }
    return power;
  }
}
