package dev.tilewright.text.grammar;

import static dev.tilewright.text.grammar.Expression.sequence;
import static dev.tilewright.text.grammar.JsonRules.call;
import static dev.tilewright.text.grammar.JsonRules.text;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes a JSON schema a grammar; {@link Grammar#jsonSchema} says which schemas. */
final class SchemaCompiler {
  private static final Set<String> DESCRIPTIONS =
      Set.of(
          "title",
          "description",
          "default",
          "examples",
          "$schema",
          "$id",
          "$comment",
          "$defs",
          "definitions",
          "deprecated",
          "readOnly",
          "writeOnly",
          "format");

  private final JsonValue document;
  private final Map<String, Rule> rules = JsonRules.all();

  SchemaCompiler(JsonValue document) {
    this.document = document;
  }

  /** The rules, of which one has the name of the root. */
  Map<String, Rule> rules(String root) {
    rules.put(root, new Rule(root, reference("#", document.at()), document.at()));
    return rules;
  }

  /** A call of what a reference within the document leads to. */
  private Expression reference(String pointer, Position at) {
    if (!rules.containsKey(pointer)) {
      JsonValue target = resolve(pointer, at);
      rules.put(pointer, new Rule(pointer, text(""), target.at()));
      rules.put(pointer, new Rule(pointer, schema(target), target.at()));
    }
    return new Expression.Call(pointer, at);
  }

  private JsonValue resolve(String pointer, Position at) {
    if (!pointer.equals("#") && !pointer.startsWith("#/")) {
      throw new GrammarException(
          at, "\"%s\" is not within the schema; references begin with #/".formatted(pointer));
    }
    JsonValue here = document;
    for (String part : pointer.equals("#") ? new String[0] : pointer.substring(2).split("/", -1)) {
      String name = decoded(part, at);
      here =
          switch (here) {
            case JsonValue.Members(Map<String, JsonValue> of, _) -> of.get(name);
            case JsonValue.Items(List<JsonValue> of, _)
                when name.matches("[0-9]{1,6}") && Integer.parseInt(name) < of.size() ->
                of.get(Integer.parseInt(name));
            case JsonValue.Items _, JsonValue.Text _, JsonValue.Word _ -> null;
          };
      if (here == null) {
        throw new GrammarException(
            at, "\"%s\" leads to nothing: there is no \"%s\"".formatted(pointer, name));
      }
    }
    return here;
  }

  private static String decoded(String part, Position at) {
    try {
      return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8)
          .replace("~1", "/")
          .replace("~0", "~");
    } catch (IllegalArgumentException e) {
      throw new GrammarException(at, "The reference has a wrong escape: " + e.getMessage());
    }
  }

  private Expression schema(JsonValue value) {
    if (value instanceof JsonValue.Word word && word.of().equals("true")) {
      return call(JsonRules.VALUE);
    }
    if (value instanceof JsonValue.Word word && word.of().equals("false")) {
      throw new GrammarException(value.at(), "Nothing is valid by the schema false");
    }
    if (!(value instanceof JsonValue.Members(Map<String, JsonValue> members, Position at))) {
      throw new GrammarException(
          value.at(), "A schema is an object, true or false, not " + JsonRules.write(value));
    }
    Keywords keywords = new Keywords(members, at, DESCRIPTIONS);
    Expression result = meant(keywords);
    keywords.allKnown();
    return result;
  }

  private Expression meant(Keywords keywords) {
    if (keywords.has("$ref")) {
      return reference(keywords.text("$ref"), keywords.at("$ref"));
    }
    if (keywords.has("anyOf")) {
      return new Expression.Choice(keywords.items("anyOf").stream().map(this::schema).toList());
    }
    if (keywords.has("const")) {
      return text(JsonRules.write(keywords.value("const")));
    }
    List<String> types = keywords.types();
    if (keywords.has("enum")) {
      List<Expression> options =
          keywords.items("enum").stream()
              .filter(
                  option ->
                      types.isEmpty()
                          || types.contains(option.type())
                          || (option.type().equals("integer") && types.contains("number")))
              .map(option -> text(JsonRules.write(option)))
              .toList();
      if (options.isEmpty()) {
        throw new GrammarException(keywords.at("enum"), "No value of the enum has the type");
      }
      return new Expression.Choice(options);
    }
    if (types.isEmpty()) {
      return call(JsonRules.VALUE);
    }
    return new Expression.Choice(types.stream().map(type -> typed(type, keywords)).toList());
  }

  private Expression typed(String type, Keywords keywords) {
    return switch (type) {
      case "object" -> object(keywords);
      case "array" -> array(keywords);
      case "string" -> string(keywords);
      case "integer" -> integer(keywords);
      case "number" -> call(JsonRules.NUMBER);
      case "boolean" -> call(JsonRules.BOOLEAN);
      case "null" -> call(JsonRules.NULL);
      default ->
          throw new GrammarException(
              keywords.at("type"),
              "There is no type \"%s\"; object, array, string, number, integer, boolean and null are"
                  .formatted(type));
    };
  }

  private static Expression integer(Keywords keywords) {
    if (!keywords.bounded()) {
      return call(JsonRules.INTEGER);
    }
    long least = keywords.least();
    long most = keywords.most();
    if (least > most) {
      throw new GrammarException(
          keywords.place(), "No whole number is at least %d and at most %d".formatted(least, most));
    }
    return IntegerRange.of(least, most);
  }

  private static Expression string(Keywords keywords) {
    int least = keywords.count("minLength", 0);
    int most = keywords.count("maxLength", Expression.Repeat.UNLIMITED);
    if (!keywords.has("pattern")) {
      keywords.ordered(least, most, "minLength", "maxLength");
      return JsonRules.string(
          new Expression.Repeat(call(JsonRules.CHARACTER), least, most, keywords.place()));
    }
    if (least != 0 || most != Expression.Repeat.UNLIMITED) {
      throw new GrammarException(
          keywords.at("pattern"), "A pattern with minLength or maxLength; let the pattern count");
    }
    return JsonRules.string(PatternParser.parse(keywords.text("pattern"), keywords.at("pattern")));
  }

  private Expression array(Keywords keywords) {
    int least = keywords.count("minItems", 0);
    int most = keywords.count("maxItems", Expression.Repeat.UNLIMITED);
    keywords.ordered(least, most, "minItems", "maxItems");
    List<JsonValue> first = keywords.has("prefixItems") ? keywords.items("prefixItems") : List.of();
    boolean more = least > first.size() || (first.isEmpty() && most != 0);
    JsonValue items = keywords.value("items");
    Expression item = items != null && more ? schema(items) : call(JsonRules.VALUE);
    if (first.isEmpty()) {
      return JsonRules.array(item, least, most);
    }
    if (most != Expression.Repeat.UNLIMITED && most < first.size()) {
      throw new GrammarException(
          keywords.at("maxItems"),
          "maxItems is less than the %d of prefixItems".formatted(first.size()));
    }
    List<Expression> parts = new ArrayList<>(List.of(text("["), call(JsonRules.SPACE)));
    for (int i = 0; i < first.size(); i++) {
      if (i > 0) {
        parts.add(JsonRules.comma());
      }
      parts.add(schema(first.get(i)));
    }
    int rest = Math.max(0, least - first.size());
    parts.add(
        new Expression.Repeat(sequence(JsonRules.comma(), item), rest, rest, keywords.place()));
    parts.addAll(List.of(call(JsonRules.SPACE), text("]")));
    return new Expression.Sequence(parts);
  }

  private Expression object(Keywords keywords) {
    Map<String, JsonValue> properties =
        keywords.has("properties") ? keywords.members("properties") : Map.of();
    Set<String> required = keywords.names("required");
    for (String name : required) {
      if (!properties.containsKey(name)) {
        throw new GrammarException(
            keywords.at("required"),
            "\"%s\" is required, but is none of the properties".formatted(name));
      }
    }
    JsonValue others = keywords.value("additionalProperties");
    if (properties.isEmpty()) {
      boolean closed =
          others == null
              ? keywords.has("properties")
              : others instanceof JsonValue.Word word && word.of().equals("false");
      if (closed) {
        return sequence(text("{"), call(JsonRules.SPACE), text("}"));
      }
      return JsonRules.object(others == null ? call(JsonRules.VALUE) : schema(others));
    }
    return sequence(
        text("{"),
        call(JsonRules.SPACE),
        members(properties, required, keywords.place()),
        text("}"));
  }

  /**
   * Properties in order, those that are not required or left out. Two rules for each place: for
   * what follows if nothing came before, and if something did.
   */
  private Expression members(Map<String, JsonValue> properties, Set<String> required, Position at) {
    String base = "members " + rules.size() + " ";
    rules.put(base, new Rule(base, text(""), at));
    List<Map.Entry<String, JsonValue>> entries = List.copyOf(properties.entrySet());
    for (int i = 0; i <= entries.size(); i++) {
      Expression first = text("");
      Expression more = call(JsonRules.SPACE);
      if (i < entries.size()) {
        String name = entries.get(i).getKey();
        Expression member =
            JsonRules.member(text(JsonRules.quoted(name)), schema(entries.get(i).getValue()));
        String named = base + "member " + i;
        rules.put(named, new Rule(named, member, entries.get(i).getValue().at()));
        Expression then = call(base + "more " + (i + 1));
        first = sequence(call(named), then);
        more = sequence(JsonRules.comma(), call(named), then);
        if (!required.contains(name)) {
          first = Expression.choice(first, call(base + "first " + (i + 1)));
          more = Expression.choice(more, then);
        }
      }
      rules.put(base + "first " + i, new Rule(base + "first " + i, first, at));
      rules.put(base + "more " + i, new Rule(base + "more " + i, more, at));
    }
    return call(base + "first 0");
  }
}
