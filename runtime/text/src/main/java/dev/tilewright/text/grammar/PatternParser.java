package dev.tilewright.text.grammar;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads a regular expression as JSON schemas have them (<a
 * href="https://262.ecma-international.org/#sec-patterns">ECMA-262</a>), where it describes a
 * regular set and no more: no looking around, no references back, no borders of words.
 */
final class PatternParser {
  private static final int END = -1;
  private static final Characters DIGIT = Characters.range('0', '9');
  private static final Characters WORD =
      DIGIT.or(Characters.range('a', 'z')).or(Characters.range('A', 'Z')).or(Characters.of('_'));
  private static final Characters SPACE =
      Characters.range('\t', '\r')
          .or(Characters.of(' '))
          .or(Characters.of(0xA0))
          .or(Characters.of(0x1680))
          .or(Characters.range(0x2000, 0x200A))
          .or(Characters.range(0x2028, 0x2029))
          .or(Characters.of(0x202F))
          .or(Characters.of(0x205F))
          .or(Characters.of(0x3000))
          .or(Characters.of(0xFEFF));
  private static final Characters DOT =
      Characters.of('\n').or(Characters.of('\r')).or(Characters.range(0x2028, 0x2029)).complement();

  private final int[] text;
  private final Position position;
  private int at;
  private int depth;

  private PatternParser(String pattern, Position position) {
    text = pattern.codePoints().toArray();
    this.position = position;
  }

  /**
   * What stands between the quotation marks of a string in which the pattern is found.
   *
   * @throws GrammarException if it is wrong, or more than a regular set
   */
  static Expression parse(String pattern, Position position) {
    PatternParser parser = new PatternParser(pattern, position);
    Expression parsed = parser.choice();
    if (parser.peek() != END) {
      throw parser.error("a bracket is closed that was not opened");
    }
    return parsed;
  }

  private int peek() {
    return at < text.length ? text[at] : END;
  }

  private boolean take(char expected) {
    boolean found = peek() == expected;
    at += found ? 1 : 0;
    return found;
  }

  private GrammarException error(String why) {
    return new GrammarException(
        position,
        "The pattern is not known to grammars at its character %d: %s".formatted(at, why));
  }

  private Expression choice() {
    List<Expression> options = new ArrayList<>();
    do {
      options.add(sequence());
    } while (take('|'));
    return new Expression.Choice(options);
  }

  private Expression sequence() {
    List<Expression> items = new ArrayList<>();
    boolean whole = depth == 0;
    if (whole && !take('^')) {
      items.add(anything());
    }
    boolean ended = false;
    while (!ended && peek() != END && peek() != '|' && peek() != ')') {
      if (whole && take('$')) {
        ended = true;
        if (peek() != END && peek() != '|') {
          throw error("$ stands before the end");
        }
      } else {
        items.add(repeated(item()));
      }
    }
    if (whole && !ended) {
      items.add(anything());
    }
    return new Expression.Sequence(items);
  }

  private static Expression anything() {
    return JsonRules.repeat(JsonRules.call(JsonRules.CHARACTER), 0, Expression.Repeat.UNLIMITED);
  }

  private Expression item() {
    int c = text[at++];
    return switch (c) {
      case '(' -> group();
      case '.' -> JsonRules.characters(DOT);
      case '[' -> JsonRules.characters(set());
      case '\\' -> JsonRules.characters(escape());
      case '^', '$' -> throw error("^ and $ stand only at the ends");
      case '*', '+', '?', '{' -> throw error("there is nothing to repeat");
      default -> JsonRules.characters(checked(Characters.of(c)));
    };
  }

  private Characters checked(Characters set) {
    if (set.ranges().isEmpty()) {
      throw error("no character is meant");
    }
    return set;
  }

  private Expression group() {
    if (take('?') && !take(':')) {
      throw error("(?..) other than (?:..)");
    }
    if (++depth > GbnfParser.DEEPEST) {
      throw error("too many brackets are open");
    }
    Expression inner = choice();
    depth--;
    if (!take(')')) {
      throw error("a bracket is not closed");
    }
    return inner;
  }

  private Characters set() {
    boolean negated = take('^');
    Characters set = new Characters(List.of());
    while (!take(']')) {
      if (peek() == END) {
        throw error("a set is not closed");
      }
      Characters first = member();
      if (peek() == '-' && at + 1 < text.length && text[at + 1] != ']') {
        at++;
        Characters last = member();
        if (single(first) < 0 || single(last) < single(first)) {
          throw error("a range that is none");
        }
        set = set.or(Characters.range(single(first), single(last)));
      } else {
        set = set.or(first);
      }
    }
    return checked(negated ? set.complement() : set);
  }

  private static int single(Characters set) {
    boolean single =
        set.ranges().size() == 1
            && set.ranges().getFirst().first() == set.ranges().getFirst().last();
    return single ? set.ranges().getFirst().first() : -1;
  }

  private Characters member() {
    if (peek() == END) {
      throw error("a set is not closed");
    }
    int c = text[at++];
    return c == '\\' ? escape() : checked(Characters.of(c));
  }

  private Characters escape() {
    if (peek() == END) {
      throw error("nothing is escaped");
    }
    int c = text[at++];
    return switch (c) {
      case 'd' -> DIGIT;
      case 'D' -> DIGIT.complement();
      case 'w' -> WORD;
      case 'W' -> WORD.complement();
      case 's' -> SPACE;
      case 'S' -> SPACE.complement();
      case 'n' -> Characters.of('\n');
      case 'r' -> Characters.of('\r');
      case 't' -> Characters.of('\t');
      case 'f' -> Characters.of('\f');
      case 'v' -> Characters.of(0x0B);
      case 'x' -> hex(2);
      case 'u' -> hex(4);
      default -> {
        if (c < 128 && Character.isLetterOrDigit(c)) {
          throw error("the escape \\" + Character.toString(c));
        }
        yield checked(Characters.of(c));
      }
    };
  }

  private Characters hex(int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = Character.digit(peek(), 16);
      if (digit < 0) {
        throw error("a hexadecimal digit is missing");
      }
      value = 16 * value + digit;
      at++;
    }
    return checked(Characters.of(value));
  }

  private Expression repeated(Expression item) {
    Expression result = item;
    if (take('*')) {
      result = JsonRules.repeat(item, 0, Expression.Repeat.UNLIMITED);
    } else if (take('+')) {
      result = JsonRules.repeat(item, 1, Expression.Repeat.UNLIMITED);
    } else if (take('?')) {
      result = JsonRules.optional(item);
    } else if (take('{')) {
      result = counted(item);
    } else {
      return item;
    }
    take('?'); // As few as possible are as many as possible, where all that counts is the set.
    return result;
  }

  private Expression counted(Expression item) {
    int least = count();
    int most = least;
    if (take(',')) {
      most = peek() == '}' ? Expression.Repeat.UNLIMITED : count();
    }
    if (!take('}')) {
      throw error("} is missing");
    }
    if (most != Expression.Repeat.UNLIMITED && most < least) {
      throw error("at most %d is less than at least %d".formatted(most, least));
    }
    return new Expression.Repeat(item, least, most, position);
  }

  private int count() {
    int value = 0;
    int start = at;
    while (peek() >= '0' && peek() <= '9') {
      value = 10 * value + text[at++] - '0';
      if (value > GbnfParser.MOST_REPEATS) {
        throw error("more than %d repetitions".formatted(GbnfParser.MOST_REPEATS));
      }
    }
    if (at == start) {
      throw error("a number of repetitions is missing");
    }
    return value;
  }
}
