package dev.tilewright.text.grammar;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The keywords of one schema, which are read once each, and must all have been read. */
final class Keywords {
  private static final List<String> BOUNDS =
      List.of("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum");

  private final Map<String, JsonValue> members;
  private final Position place;
  private final Set<String> read;

  Keywords(Map<String, JsonValue> members, Position place, Set<String> descriptions) {
    this.members = members;
    this.place = place;
    read = new HashSet<>(descriptions);
  }

  /** Where the schema begins. */
  Position place() {
    return place;
  }

  boolean has(String keyword) {
    return members.containsKey(keyword);
  }

  JsonValue value(String keyword) {
    read.add(keyword);
    return members.get(keyword);
  }

  Position at(String keyword) {
    return has(keyword) ? members.get(keyword).at() : place;
  }

  /**
   * @throws GrammarException if a keyword was not read
   */
  void allKnown() {
    for (String keyword : members.keySet()) {
      if (!read.contains(keyword)) {
        throw new GrammarException(
            at(keyword),
            "The keyword \""
                + keyword
                + "\" is not known to grammars, or not beside the others here");
      }
    }
  }

  private GrammarException wrong(String keyword, String wanted) {
    return new GrammarException(
        at(keyword),
        "%s is %s, not %s".formatted(keyword, wanted, JsonRules.write(members.get(keyword))));
  }

  String text(String keyword) {
    if (value(keyword) instanceof JsonValue.Text(String of, _)) {
      return of;
    }
    throw wrong(keyword, "a string");
  }

  List<JsonValue> items(String keyword) {
    if (value(keyword) instanceof JsonValue.Items(List<JsonValue> of, _) && !of.isEmpty()) {
      return of;
    }
    throw wrong(keyword, "an array that is not empty");
  }

  Map<String, JsonValue> members(String keyword) {
    if (value(keyword) instanceof JsonValue.Members(Map<String, JsonValue> of, _)) {
      return of;
    }
    throw wrong(keyword, "an object");
  }

  Set<String> names(String keyword) {
    Set<String> names = new LinkedHashSet<>();
    if (!has(keyword)) {
      return names;
    }
    if (!(value(keyword) instanceof JsonValue.Items(List<JsonValue> of, _))) {
      throw wrong(keyword, "an array of strings");
    }
    for (JsonValue name : of) {
      if (!(name instanceof JsonValue.Text(String text, _))) {
        throw wrong(keyword, "an array of strings");
      }
      names.add(text);
    }
    return names;
  }

  /** The types that are named, or that the other keywords speak of. */
  List<String> types() {
    if (has("type")) {
      return value("type") instanceof JsonValue.Items
          ? List.copyOf(names("type"))
          : List.of(text("type"));
    }
    if (has("properties") || has("required") || has("additionalProperties")) {
      return List.of("object");
    }
    if (has("items") || has("prefixItems") || has("minItems") || has("maxItems")) {
      return List.of("array");
    }
    if (has("pattern") || has("minLength") || has("maxLength")) {
      return List.of("string");
    }
    return List.of();
  }

  private BigDecimal number(String keyword) {
    if (value(keyword) instanceof JsonValue.Word word && word.isNumber()) {
      try {
        return new BigDecimal(word.of());
      } catch (NumberFormatException e) {
        throw wrong(keyword, "a number that can be computed with");
      }
    }
    throw wrong(keyword, "a number");
  }

  /** A number of items or characters. */
  int count(String keyword, int otherwise) {
    if (!has(keyword)) {
      return otherwise;
    }
    BigDecimal count = number(keyword);
    if (count.signum() < 0
        || count.compareTo(BigDecimal.valueOf(GbnfParser.MOST_REPEATS)) > 0
        || count.stripTrailingZeros().scale() > 0) {
      throw wrong(keyword, "a whole number from 0 to " + GbnfParser.MOST_REPEATS);
    }
    return count.intValue();
  }

  void ordered(int least, int most, String leastName, String mostName) {
    if (most != Expression.Repeat.UNLIMITED && most < least) {
      throw new GrammarException(
          at(leastName), "%s %d is more than %s %d".formatted(leastName, least, mostName, most));
    }
  }

  boolean bounded() {
    return BOUNDS.stream().anyMatch(this::has);
  }

  /** The least whole number within the bounds. */
  long least() {
    long least = -IntegerRange.MOST;
    if (has("minimum")) {
      least = Math.max(least, whole("minimum", RoundingMode.CEILING));
    }
    if (has("exclusiveMinimum")) {
      least = Math.max(least, whole("exclusiveMinimum", RoundingMode.FLOOR) + 1);
    }
    return least;
  }

  /** The greatest whole number within the bounds. */
  long most() {
    long most = IntegerRange.MOST;
    if (has("maximum")) {
      most = Math.min(most, whole("maximum", RoundingMode.FLOOR));
    }
    if (has("exclusiveMaximum")) {
      most = Math.min(most, whole("exclusiveMaximum", RoundingMode.CEILING) - 1);
    }
    return most;
  }

  private long whole(String keyword, RoundingMode rounding) {
    BigDecimal limit = BigDecimal.valueOf(IntegerRange.MOST + 2);
    BigDecimal value = number(keyword).min(limit).max(limit.negate());
    if (value.scale() > 1000) {
      return rounding == RoundingMode.CEILING && value.signum() > 0
          ? 1
          : rounding == RoundingMode.FLOOR && value.signum() < 0 ? -1 : 0;
    }
    return value.setScale(0, rounding).longValueExact();
  }
}
