package dev.tilewright.text.grammar;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads <a href="https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md">GBNF</a>.
 * Tokens ({@code <think>}) are not read.
 */
final class GbnfParser {
  /** Deeper brackets would need a deeper stack than a thread may have. */
  static final int DEEPEST = 200;

  /** More repetitions are written with an open end. */
  static final int MOST_REPEATS = 2000;

  private final Source source;
  private int depth;

  GbnfParser(String text) {
    source = new Source(text);
  }

  Map<String, Rule> parse() {
    Map<String, Rule> rules = new LinkedHashMap<>();
    source.skip(true);
    while (!source.atEnd()) {
      Position at = source.position();
      String name = name();
      source.skip(false);
      if (!source.take("::=")) {
        throw source.error("After the rule's name \"" + name + "\" comes ::=");
      }
      source.skip(true);
      Rule rule = new Rule(name, choice(false), at);
      if (rules.put(name, rule) != null) {
        throw new GrammarException(at, "The rule \"" + name + "\" is defined a second time");
      }
      if (!source.atEnd() && !source.atNewline()) {
        throw source.error("Expected the end of the rule \"" + name + "\"");
      }
      source.skip(true);
    }
    return rules;
  }

  private String name() {
    int start = source.at();
    while (!source.atEnd() && isNamePart(source.peek())) {
      source.next();
    }
    if (source.at() == start) {
      throw source.error("Expected a rule's name");
    }
    return source.since(start);
  }

  private static boolean isNamePart(int c) {
    return c < 128 && (Character.isLetterOrDigit(c) || c == '-' || c == '_');
  }

  private Expression choice(boolean nested) {
    List<Expression> options = new ArrayList<>();
    options.add(sequence(nested));
    while (!source.atEnd() && source.peek() == '|') {
      source.next();
      source.skip(true);
      options.add(sequence(nested));
    }
    return options.size() == 1 ? options.getFirst() : new Expression.Choice(options);
  }

  private Expression sequence(boolean nested) {
    List<Expression> items = new ArrayList<>();
    while (!source.atEnd() && !source.atNewline() && "|)".indexOf(source.peek()) < 0) {
      Expression item = item();
      items.add(repeated(item, nested));
      source.skip(nested);
    }
    return items.size() == 1 ? items.getFirst() : new Expression.Sequence(items);
  }

  private Expression item() {
    Position at = source.position();
    int c = source.peek();
    if (isNamePart(c)) {
      return new Expression.Call(name(), at);
    }
    source.next();
    return switch (c) {
      case '"' -> literal(at);
      case '[' -> set(at);
      case '.' -> new Expression.One(Characters.ALL);
      case '(' -> group(at);
      case '<', '!' ->
          throw new GrammarException(
              at, "Tokens are not known to grammars here; write the text that they stand for");
      default ->
          throw new GrammarException(
              at,
              "Expected a rule's name, \"text\", [characters] or (group), not %s"
                  .formatted(Source.shown(c)));
    };
  }

  private Expression group(Position at) {
    if (++depth > DEEPEST) {
      throw new GrammarException(at, "More than " + DEEPEST + " brackets are open");
    }
    source.skip(true);
    Expression inner = choice(true);
    if (!source.take(")")) {
      throw new GrammarException(at, "This bracket is not closed");
    }
    depth--;
    return inner;
  }

  private Expression literal(Position at) {
    StringBuilder text = new StringBuilder();
    while (true) {
      closed(at, '"');
      if (source.take("\"")) {
        return new Expression.Literal(text.toString());
      }
      text.appendCodePoint(source.character());
    }
  }

  private Expression set(Position at) {
    boolean negated = source.take("^");
    List<Characters.Range> ranges = new ArrayList<>();
    while (true) {
      closed(at, ']');
      if (source.take("]")) {
        break;
      }
      Position here = source.position();
      int first = source.character();
      int last = first;
      if (source.peek() == '-' && source.peekAfter() != ']') {
        source.next();
        closed(at, ']');
        last = source.character();
      }
      if (last < first) {
        throw new GrammarException(here, "The range ends before it begins");
      }
      ranges.add(new Characters.Range(first, last));
    }
    Characters set = new Characters(ranges);
    Characters meant = negated ? set.complement() : set;
    if (meant.ranges().isEmpty()) {
      throw new GrammarException(at, "The set has no character");
    }
    return new Expression.One(meant);
  }

  private void closed(Position at, char end) {
    if (source.atEnd() || source.atNewline()) {
      throw new GrammarException(at, "The closing %c is missing".formatted(end));
    }
  }

  private Expression repeated(Expression item, boolean nested) {
    Expression result = item;
    while (true) {
      source.skip(nested);
      Position at = source.position();
      if (source.take("*")) {
        result = new Expression.Repeat(result, 0, Expression.Repeat.UNLIMITED, at);
      } else if (source.take("+")) {
        result = new Expression.Repeat(result, 1, Expression.Repeat.UNLIMITED, at);
      } else if (source.take("?")) {
        result = new Expression.Repeat(result, 0, 1, at);
      } else if (source.take("{")) {
        result = counted(result, at);
      } else {
        return result;
      }
    }
  }

  private Expression counted(Expression item, Position at) {
    source.skip(false);
    int least = count();
    int most = least;
    source.skip(false);
    if (source.take(",")) {
      source.skip(false);
      most = !source.atEnd() && source.peek() == '}' ? Expression.Repeat.UNLIMITED : count();
      source.skip(false);
    }
    if (!source.take("}")) {
      throw source.error("Expected } after the number of repetitions");
    }
    if (most != Expression.Repeat.UNLIMITED && most < least) {
      throw new GrammarException(at, "At most %d is less than at least %d".formatted(most, least));
    }
    return new Expression.Repeat(item, least, most, at);
  }

  private int count() {
    Position at = source.position();
    int start = source.at();
    while (!source.atEnd() && source.peek() >= '0' && source.peek() <= '9') {
      source.next();
    }
    String digits = source.since(start);
    if (digits.isEmpty()) {
      throw new GrammarException(at, "Expected a number of repetitions");
    }
    if (digits.length() > 9 || Integer.parseInt(digits) > MOST_REPEATS) {
      throw new GrammarException(
          at, "%s repetitions; at most %d are allowed".formatted(digits, MOST_REPEATS));
    }
    return Integer.parseInt(digits);
  }
}
