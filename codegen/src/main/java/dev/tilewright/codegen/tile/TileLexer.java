package dev.tilewright.codegen.tile;

import dev.tilewright.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts the text of a tile program into tokens and walks over them. */
final class TileLexer {
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s+|(?<shape>\\d+x\\d+)|(?<number>\\d+(\\.\\d+)?([Ee][-+]?\\d+)?|Infinity|NaN)"
              + "|(?<name>[A-Za-z_][A-Za-z0-9_]*)|(?<string>\"(\\\\.|[^\"\\\\])*\")|(?<sign>[-+*/%(){}\\[\\],;:=<#])");

  private record Token(String text, int line) {}

  private final List<Token> tokens = new ArrayList<>();
  private int at;

  TileLexer(String text) {
    Matcher matcher = TOKEN.matcher(text);
    int end = 0;
    int line = 1;
    while (matcher.find() && matcher.start() == end) {
      end = matcher.end();
      if (!matcher.group().isBlank()) {
        tokens.add(new Token(matcher.group(), line));
      }
      line += (int) matcher.group().chars().filter(c -> c == '\n').count();
    }
    if (end < text.length()) {
      throw new IllegalArgumentException(
          "line " + line + ": '" + text.charAt(end) + "' begins nothing");
    }
    tokens.add(new Token("end of text", line));
  }

  boolean isAtEnd() {
    return at == tokens.size() - 1;
  }

  String peek() {
    return tokens.get(at).text();
  }

  String next() {
    return isAtEnd() ? peek() : tokens.get(at++).text();
  }

  /** Takes the token if it is the next. */
  boolean take(String token) {
    boolean there = peek().equals(token);
    if (there) {
      next();
    }
    return there;
  }

  void expect(String token) {
    if (!take(token)) {
      throw wrong("'" + token + "'");
    }
  }

  String name() {
    if (!peek().matches("[A-Za-z_][A-Za-z0-9_]*")) {
      throw wrong("a name");
    }
    return next();
  }

  long whole() {
    boolean negative = take("-");
    if (!peek().matches("\\d+")) {
      throw wrong("a whole number");
    }
    return Long.parseLong((negative ? "-" : "") + next());
  }

  double real() {
    boolean negative = take("-");
    try {
      double value = Double.parseDouble(peek());
      next();
      return negative ? -value : value;
    } catch (NumberFormatException _) {
      throw wrong("a number");
    }
  }

  Tile.Shape shape() {
    String[] parts = peek().split("x", -1);
    if (!peek().matches("\\d+x\\d+")) {
      throw wrong("a shape such as 8x48");
    }
    next();
    return new Tile.Shape(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
  }

  String string() {
    if (!peek().startsWith("\"")) {
      throw wrong("a string");
    }
    String quoted = next();
    StringBuilder text = new StringBuilder();
    for (int i = 1; i < quoted.length() - 1; i++) {
      char c = quoted.charAt(i);
      if (c == '\\') {
        i++;
        c = quoted.charAt(i) == 'n' ? '\n' : quoted.charAt(i);
      }
      text.append(c);
    }
    return text.toString();
  }

  /** Names in parentheses. */
  List<String> names() {
    List<String> all = new ArrayList<>();
    expect("(");
    while (!take(")")) {
      all.add(name());
      take(",");
    }
    return all;
  }

  /** An extent up to a token that it does not hold outside of parentheses. */
  Dim dim(String... ends) {
    StringBuilder text = new StringBuilder();
    int depth = 0;
    while (depth > 0 || !List.of(ends).contains(peek())) {
      if (isAtEnd()) {
        throw wrong("'" + ends[0] + "'");
      }
      depth += peek().equals("(") ? 1 : peek().equals(")") ? -1 : 0;
      text.append(next()).append(' ');
    }
    return Dim.parse(text.toString());
  }

  /** The constant of an enum whose name was read, in lower case. */
  <E extends Enum<E>> E constant(Class<E> type, String name) {
    try {
      return Enum.valueOf(type, name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException _) {
      throw wrong("a " + type.getSimpleName() + ", not " + name + ", before what follows it,");
    }
  }

  IllegalArgumentException wrong(String expected) {
    return new IllegalArgumentException(
        "line " + tokens.get(at).line() + ": expected " + expected + ", got '" + peek() + "'");
  }

  // Index arithmetic, as IndexText writes it: nothing is folded.

  Index index() {
    Index sum = product();
    while (true) {
      if (take("+")) {
        sum = new Index.Binary(Index.Kind.SUM, sum, product());
      } else if (take("-")) {
        sum = new Index.Binary(Index.Kind.DIFFERENCE, sum, product());
      } else {
        return sum;
      }
    }
  }

  private Index product() {
    Index product = atom();
    while (true) {
      if (take("*")) {
        product = new Index.Binary(Index.Kind.PRODUCT, product, atom());
      } else if (take("/")) {
        product = new Index.Binary(Index.Kind.QUOTIENT, product, atom());
      } else if (take("%")) {
        product = new Index.Binary(Index.Kind.REMAINDER, product, atom());
      } else {
        return product;
      }
    }
  }

  private Index atom() {
    if (take("(")) {
      Index inner = index();
      expect(")");
      return inner;
    }
    if (peek().equals("-") || Character.isDigit(peek().charAt(0))) {
      return Index.of(whole());
    }
    String name = name();
    if (!(name.equals("min") || name.equals("max")) || !take("(")) {
      return Index.variable(name);
    }
    Index left = index();
    expect(",");
    Index right = index();
    expect(")");
    return new Index.Binary(
        name.equals("min") ? Index.Kind.LEAST : Index.Kind.GREATEST, left, right);
  }
}
