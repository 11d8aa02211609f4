package dev.tilewright.text.grammar;

import static dev.tilewright.text.grammar.Expression.choice;
import static dev.tilewright.text.grammar.Expression.sequence;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON's own grammar (<a href="https://www.rfc-editor.org/rfc/rfc8259">RFC 8259</a>). */
final class JsonRules {
  static final String SPACE = "space";
  static final String STRING = "string";
  static final String CHARACTER = "character";
  static final String NUMBER = "number";
  static final String INTEGER = "integer";
  static final String BOOLEAN = "boolean";
  static final String NULL = "null";
  static final String VALUE = "value";

  private static final Position NOWHERE = new Position(1, 1);
  private static final Characters DIGIT = Characters.range('0', '9');
  private static final Characters HEX =
      DIGIT.or(Characters.range('a', 'f')).or(Characters.range('A', 'F'));

  /** What stands in a string as it is. */
  private static final Characters PLAIN =
      Characters.range(0, 0x1F)
          .or(Characters.of('"'))
          .or(Characters.of('\\'))
          .or(Characters.of(0x7F))
          .complement();

  private JsonRules() {}

  /** The rules, under names that no reference of a schema has. */
  static Map<String, Rule> all() {
    Map<String, Rule> rules = new LinkedHashMap<>();
    put(
        rules,
        SPACE,
        choice(text(""), text(" "), sequence(text("\n"), repeat(one(Characters.of(' ')), 0, 20))));
    put(rules, CHARACTER, choice(one(PLAIN), sequence(text("\\"), escaped())));
    put(rules, STRING, string(repeat(call(CHARACTER), 0, Expression.Repeat.UNLIMITED)));
    Expression whole =
        choice(text("0"), sequence(one(Characters.range('1', '9')), repeat(one(DIGIT), 0, 15)));
    put(rules, INTEGER, sequence(optional(text("-")), whole));
    put(
        rules,
        NUMBER,
        sequence(
            call(INTEGER),
            optional(sequence(text("."), repeat(one(DIGIT), 1, 16))),
            optional(
                sequence(
                    choice(text("e"), text("E")),
                    choice(text(""), text("+"), text("-")),
                    repeat(one(DIGIT), 1, 2)))));
    put(rules, BOOLEAN, choice(text("true"), text("false")));
    put(rules, NULL, text("null"));
    put(
        rules,
        VALUE,
        choice(
            object(call(VALUE)),
            array(call(VALUE), 0, Expression.Repeat.UNLIMITED),
            call(STRING),
            call(NUMBER),
            call(BOOLEAN),
            call(NULL)));
    return rules;
  }

  /** Half a surrogate pair is never written. */
  private static Expression escaped() {
    Characters surrogate = Characters.of('d').or(Characters.of('D'));
    Characters other = HEX.complement().or(surrogate).complement();
    return choice(
        one(
            Characters.of('"')
                .or(Characters.of('\\'))
                .or(Characters.of('/'))
                .or(Characters.of('b'))
                .or(Characters.of('f'))
                .or(Characters.of('n'))
                .or(Characters.of('r'))
                .or(Characters.of('t'))),
        sequence(text("u"), one(other), repeat(one(HEX), 3, 3)),
        sequence(
            text("u"), one(surrogate), one(Characters.range('0', '7')), repeat(one(HEX), 2, 2)));
  }

  private static void put(Map<String, Rule> rules, String name, Expression body) {
    rules.put(name, new Rule(name, body, NOWHERE));
  }

  static Expression call(String rule) {
    return new Expression.Call(rule, NOWHERE);
  }

  static Expression one(Characters of) {
    return new Expression.One(of);
  }

  static Expression text(String text) {
    return new Expression.Literal(text);
  }

  static Expression optional(Expression item) {
    return choice(text(""), item);
  }

  static Expression repeat(Expression item, int least, int most) {
    return new Expression.Repeat(item, least, most, NOWHERE);
  }

  /** A string of what stands between the quotation marks. */
  static Expression string(Expression inside) {
    return sequence(text("\""), inside, text("\""));
  }

  /** A name and what it stands for. */
  static Expression member(Expression name, Expression value) {
    return sequence(name, text(":"), call(SPACE), value);
  }

  /** An object with any names. */
  static Expression object(Expression value) {
    return sequence(
        text("{"), list(member(call(STRING), value), 0, Expression.Repeat.UNLIMITED), text("}"));
  }

  static Expression array(Expression item, int least, int most) {
    return sequence(text("["), list(item, least, most), text("]"));
  }

  private static Expression list(Expression item, int least, int most) {
    if (most == 0) {
      return call(SPACE);
    }
    int unlimited = Expression.Repeat.UNLIMITED;
    Expression more =
        repeat(
            sequence(comma(), item),
            Math.max(0, least - 1),
            most == unlimited ? unlimited : most - 1);
    Expression some = sequence(item, more, call(SPACE));
    return sequence(call(SPACE), least == 0 ? optional(some) : some);
  }

  /** What separates two items. */
  static Expression comma() {
    return sequence(call(SPACE), text(","), call(SPACE));
  }

  /** A set of a string's characters, each as JSON writes it. */
  static Expression characters(Characters set) {
    List<Expression> options = new ArrayList<>();
    Characters plain = set.complement().or(PLAIN.complement()).complement();
    if (!plain.ranges().isEmpty()) {
      options.add(one(plain));
    }
    for (Characters.Range range : set.complement().or(PLAIN).complement().ranges()) {
      for (int c = range.first(); c <= range.last(); c++) {
        options.add(text(escape(c)));
      }
    }
    return new Expression.Choice(options);
  }

  private static String escape(int c) {
    return switch (c) {
      case '"' -> "\\\"";
      case '\\' -> "\\\\";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> c < ' ' || c == 0x7F ? "\\u%04x".formatted(c) : Character.toString(c);
    };
  }

  /** A value as it is written without spaces. */
  static String write(JsonValue value) {
    return switch (value) {
      case JsonValue.Word(String of, _) -> of;
      case JsonValue.Text(String of, _) -> quoted(of);
      case JsonValue.Items(List<JsonValue> of, _) ->
          "[" + String.join(",", of.stream().map(JsonRules::write).toList()) + "]";
      case JsonValue.Members(Map<String, JsonValue> of, _) ->
          "{"
              + String.join(
                  ",",
                  of.entrySet().stream()
                      .map(entry -> quoted(entry.getKey()) + ":" + write(entry.getValue()))
                      .toList())
              + "}";
    };
  }

  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints().forEach(c -> quoted.append(escape(c)));
    return quoted.append('"').toString();
  }
}
