package dev.tilewright.text.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** JSON schemas: what is written under them is JSON, as Jackson reads it, and valid. */
class SchemaTest {
  private static final String PERSON =
      """
      {"type": "object",
       "properties": {
         "name": {"type": "string", "minLength": 1, "maxLength": 8},
         "age": {"type": "integer", "minimum": 0, "maximum": 150},
         "mail": {"type": "string", "pattern": "^[a-z]{1,5}@[a-z]+\\\\.(org|com)$"},
         "tags": {"type": "array", "items": {"enum": ["a", "\\"b\\"", 3, null]}, "maxItems": 3},
         "friends": {"type": "array", "items": {"$ref": "#"}, "minItems": 1, "maxItems": 1},
         "weight": {"type": ["number", "null"]}},
       "required": ["name", "weight"]}
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{};  [1, {\"a\": \"b\\n\"}, -0.5e+3];  [1,,2]",
        "true; \"x\"; x",
        "{\"type\": \"integer\"}; -12; 01",
        "{\"type\": \"number\"}; 1.50E-3; 1.",
        "{\"type\": \"string\"}; \"\\u12aF\\\\\\\"/é\"; \"\\ud800\"",
        "{\"type\": \"string\", \"pattern\": \"b+\"}; \"abbc\"; \"ac\"",
        "{\"pattern\": \"^(a|\\\\d{2})$|x\"}; \"42\"; \"4\"",
        "{\"pattern\": \"^[^a-y]$\"}; \"\\\"\"; \"b\"",
        "{\"pattern\": \"^\\\\s\\\\S.\\\\u0041\\\\x42?$\"}; \"\\nbcA\"; \"xbcA\"",
        "{\"minLength\": 2, \"maxLength\": 3}; \"é\\n\"; \"é\"",
        "{\"const\": {\"a\": [1, \"x\\n\"]}}; {\"a\":[1,\"x\\n\"]}; {}",
        "{\"enum\": [1, \"1\", null], \"type\": \"integer\"}; 1; null",
        "{\"anyOf\": [{\"type\": \"null\"}, {\"const\": 5}]}; 5; 6",
        "{\"items\": {\"type\": \"boolean\"}, \"minItems\": 1}; [true, false]; []",
        "{\"items\": {\"type\": \"boolean\"}, \"maxItems\": 1}; [ true ]; [true,true]",
        "{\"maxItems\": 0}; [ ]; [1]",
        "{\"prefixItems\": [{\"const\": 1}, {\"type\": \"string\"}], \"items\": false}; [1, \"\"];"
            + " [1]",
        "{\"prefixItems\": [{\"const\": 1}], \"minItems\": 2}; [1, 7]; [1]",
        "{\"type\": \"object\"}; {\"a\": {}, \"b\": []}; {a: 1}",
        "{\"type\": \"object\", \"additionalProperties\": false}; {}; {\"a\": 1}",
        "{\"additionalProperties\": {\"type\": \"null\"}}; {\"a\":null}; {\"a\":1}",
        "{\"properties\": {\"a/b\": true, \"c\": true}, \"required\": [\"c\"]}; { \"c\": 1 };"
            + " {\"a/b\": 1}",
        "{\"properties\": {\"a\": {\"$ref\": \"#/$defs/x~1y\"}}, \"$defs\": {\"x/y\": {\"const\":"
            + " 2}}}; {\"a\": 2}; {\"a\": 1}",
        "{\"minimum\": 3, \"type\": \"integer\", \"exclusiveMaximum\": 1003}; 1002; 1003",
        "{\"type\": \"integer\", \"maximum\": -5.5}; -6; -5",
        "{\"type\": \"integer\", \"minimum\": -1e99, \"exclusiveMinimum\": -3}; -2; -3"
      })
  void validTextsAreOfTheGrammar(String schema, String good, String bad) {
    Grammar grammar = Grammar.jsonSchema(schema);
    assertThat(grammar.matches(good)).as(good).isTrue();
    assertThat(grammar.matches(bad)).as(bad).isFalse();
  }

  @Test
  void spacesStandWherePartsMeet() {
    Grammar grammar = Grammar.jsonSchema("{\"properties\": {\"a\": true, \"b\": true}}");
    assertThat(grammar.matches("{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}")).isTrue();
    assertThat(grammar.matches("{\n\n\"a\": 1}")).isFalse();
    assertThat(grammar.matches("{\n" + " ".repeat(21) + "}")).isFalse();
  }

  @Test
  void rangesOfIntegers() {
    Random random = new Random(5);
    for (int round = 0; round < 200; round++) {
      int span = List.of(3, 30, 300, 30_000).get(round % 4);
      int least = random.nextInt(2 * span) - span;
      int most = least + random.nextInt(span);
      Grammar grammar =
          Grammar.jsonSchema(
              "{\"type\": \"integer\", \"minimum\": %d, \"maximum\": %d}".formatted(least, most));
      for (int i = 0; i < 40; i++) {
        int value =
            i < 4
                ? List.of(least, most, least - 1, most + 1).get(i)
                : random.nextInt(4 * span) - 2 * span;
        assertThat(grammar.matches(Integer.toString(value)))
            .as("%d of %d to %d", value, least, most)
            .isEqualTo(least <= value && value <= most);
      }
      assertThat(grammar.matches("-0") || grammar.matches("007")).isFalse();
    }
  }

  static Stream<String[]> mistakes() {
    return Stream.of(
        new String[] {"", "is empty", "1:1"},
        new String[] {"{\"type\": }", "no JSON", "1:"},
        new String[] {"{} {}", "comes after", "1:4"},
        new String[] {"{\"a\": 1, \"a\": 2}", "uplicate", "1:"},
        new String[] {"[".repeat(300), "no JSON", "1:"},
        new String[] {"3", "A schema is an object", "1:1"},
        new String[] {"false", "Nothing is valid", "1:1"},
        new String[] {"{\n \"type\": \"text\"}", "no type \"text\"", "2:10"},
        new String[] {"{\n \"not\": {}}", "\"not\" is not known", "2:9"},
        new String[] {"{\"type\": \"string\",\n \"minLength\": -1}", "whole number from 0", "2:15"},
        new String[] {"{\"type\": \"string\", \"minLength\": 1e-999999999}", "whole number", "1:"},
        new String[] {"{\"minItems\": 3, \"maxItems\": 2}", "more than maxItems", "1:14"},
        new String[] {"{\"type\": \"integer\", \"minimum\": 3, \"maximum\": 2}", "No whole", "1:1"},
        new String[] {"{\"type\": \"number\", \"minimum\": 3}", "\"minimum\" is not known", "1:"},
        new String[] {"{\"enum\": []}", "not empty", "1:10"},
        new String[] {"{\"enum\": [1], \"type\": \"string\"}", "No value of the enum", "1:10"},
        new String[] {"{\"required\": [\"a\"]}", "none of the properties", "1:14"},
        new String[] {"{\"$ref\": \"other.json\"}", "not within the schema", "1:10"},
        new String[] {"{\"$ref\": \"#/$defs/a\"}", "there is no \"$defs\"", "1:10"},
        new String[] {"{\"$ref\": \"#\"}", "No text is of", "1:1"},
        new String[] {"{\"anyOf\": [{\"$ref\": \"#\"}, {\"type\": \"null\"}]}", "# -> #", "1:1"},
        new String[] {
          "{\"properties\": {\"a\": {\"$ref\": \"#\"}}, \"required\": [\"a\"]}", "No text is", "1:1"
        },
        new String[] {"{\"pattern\": \"a(?=b)\"}", "(?..) other", "1:13"},
        new String[] {"{\"pattern\": \"(a\"}", "not closed", "1:13"},
        new String[] {"{\"pattern\": \"a)\"}", "not opened", "1:13"},
        new String[] {"{\"pattern\": \"\\\\bx\"}", "the escape \\b", "1:13"},
        new String[] {"{\"pattern\": \"+\"}", "nothing to repeat", "1:13"},
        new String[] {"{\"pattern\": \"a\", \"minLength\": 1}", "let the pattern count", "1:13"});
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void mistakesAreNamedWithTheirPlace(String schema, String message, String place) {
    assertThatThrownBy(() -> Grammar.jsonSchema(schema))
        .isInstanceOfSatisfying(
            GrammarException.class, e -> assertThat(e.line() + ":" + e.column()).startsWith(place))
        .hasMessageContaining(message);
  }

  @Test
  void whatIsWrittenIsValid() {
    check(PERSON, 150);
    Random random = new Random(6);
    for (int round = 0; round < 80; round++) {
      check(schema(random, 3), 6);
    }
  }

  private static void check(String schema, int rounds) {
    TokenConstraint constraint = Grammar.jsonSchema(schema).constraint(ByteTokens.TOKENIZER);
    JsonValue parsed = JsonDocument.parse(schema);
    Random random = new Random(7);
    int whole = 0;
    for (int round = 0; round < rounds; round++) {
      String text = TokenConstraintTest.write(constraint, random);
      if (text != null) {
        whole++;
        assertThat(valid(parsed, parsed, JsonDocument.parse(text)))
            .as("%s%nby%n%s", text, schema)
            .isTrue();
      }
    }
    assertThat(whole).as(schema).isGreaterThan(rounds / 2);
  }

  private static String schema(Random random, int depth) {
    int kind = random.nextInt(depth == 0 ? 6 : 10);
    return switch (kind) {
      case 0 -> "{\"type\": \"string\", \"maxLength\": %d}".formatted(random.nextInt(5));
      case 1 -> "{\"type\": \"integer\", \"minimum\": %d}".formatted(random.nextInt(2000) - 1000);
      case 2 -> "{\"type\": [\"number\", \"boolean\"]}";
      case 3 -> "{\"enum\": [\"x\\u00e9\", -1.5, null, {\"a\": [true]}]}";
      case 4 -> "{\"type\": \"string\", \"pattern\": \"^\\\\w[^b]{0,3}(\\\\d|-)?$\"}";
      case 5 -> "{\"const\": \"" + "c".repeat(random.nextInt(3)) + "\"}";
      case 6, 7 -> {
        List<String> properties = new ArrayList<>();
        List<String> required = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
          properties.add("\"p%d\": %s".formatted(i, schema(random, depth - 1)));
          if (random.nextBoolean()) {
            required.add("\"p" + i + "\"");
          }
        }
        yield "{\"type\": \"object\", \"properties\": {%s}, \"required\": %s}"
            .formatted(String.join(", ", properties), required);
      }
      case 8 ->
          "{\"type\": \"array\", \"items\": %s, \"minItems\": %d, \"maxItems\": %d}"
              .formatted(schema(random, depth - 1), random.nextInt(2), 1 + random.nextInt(3));
      default ->
          "{\"anyOf\": [%s, %s]}".formatted(schema(random, depth - 1), schema(random, depth - 1));
    };
  }

  /** A validator of its own, for the keywords used here. */
  private static boolean valid(JsonValue root, JsonValue schema, JsonValue value) {
    Map<String, JsonValue> keywords = ((JsonValue.Members) schema).of();
    for (Map.Entry<String, JsonValue> entry : keywords.entrySet()) {
      JsonValue given = entry.getValue();
      boolean holds =
          switch (entry.getKey()) {
            case "type" ->
                types(given).contains(value.type())
                    || (value.type().equals("integer") && types(given).contains("number"));
            case "enum" ->
                ((JsonValue.Items) given).of().stream().anyMatch(one -> same(one, value));
            case "const" -> same(given, value);
            case "anyOf" ->
                ((JsonValue.Items) given).of().stream().anyMatch(one -> valid(root, one, value));
            case "$ref" -> valid(root, root, value);
            case "minLength" -> length(value) >= number(given);
            case "maxLength" -> length(value) <= number(given);
            case "minimum" -> number(value) >= number(given);
            case "maximum" -> number(value) <= number(given);
            case "minItems" -> ((JsonValue.Items) value).of().size() >= number(given);
            case "maxItems" -> ((JsonValue.Items) value).of().size() <= number(given);
            case "pattern" ->
                Pattern.compile(((JsonValue.Text) given).of())
                    .matcher(((JsonValue.Text) value).of())
                    .find();
            case "items" ->
                ((JsonValue.Items) value).of().stream().allMatch(one -> valid(root, given, one));
            case "properties" ->
                ((JsonValue.Members) value)
                    .of().entrySet().stream()
                        .allMatch(
                            member ->
                                valid(
                                    root,
                                    ((JsonValue.Members) given).of().get(member.getKey()),
                                    member.getValue()));
            case "required" -> ((JsonValue.Members) value).of().keySet().containsAll(types(given));
            default -> throw new AssertionError(entry.getKey());
          };
      if (!holds) {
        return false;
      }
    }
    return true;
  }

  private static boolean same(JsonValue first, JsonValue second) {
    return JsonRules.write(first).equals(JsonRules.write(second));
  }

  private static double length(JsonValue value) {
    String text = ((JsonValue.Text) value).of();
    return text.codePointCount(0, text.length());
  }

  private static double number(JsonValue value) {
    return new BigDecimal(((JsonValue.Word) value).of()).doubleValue();
  }

  private static Set<String> types(JsonValue value) {
    return switch (value) {
      case JsonValue.Text(String of, _) -> Set.of(of);
      case JsonValue.Items(List<JsonValue> of, _) -> {
        Set<String> names = new HashSet<>();
        of.forEach(one -> names.add(((JsonValue.Text) one).of()));
        yield names;
      }
      case JsonValue.Members _, JsonValue.Word _ -> throw new AssertionError();
    };
  }
}
