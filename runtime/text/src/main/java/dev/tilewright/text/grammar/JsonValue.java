package dev.tilewright.text.grammar;

import java.util.List;
import java.util.Map;

/** A part of a JSON text, with its place. */
sealed interface JsonValue {
  Position at();

  /** Names and values, in order. */
  record Members(Map<String, JsonValue> of, Position at) implements JsonValue {}

  /** Values in order. */
  record Items(List<JsonValue> of, Position at) implements JsonValue {}

  /** A string. */
  record Text(String of, Position at) implements JsonValue {}

  /** A number, or a word: true, false, null. */
  record Word(String of, Position at) implements JsonValue {
    boolean isNumber() {
      return !Character.isLetter(of.charAt(0));
    }
  }

  /** The name of the value's type in a schema. */
  default String type() {
    return switch (this) {
      case Members _ -> "object";
      case Items _ -> "array";
      case Text _ -> "string";
      case Word word when word.isNumber() -> word.of().matches("-?[0-9]+") ? "integer" : "number";
      case Word word -> word.of().equals("null") ? "null" : "boolean";
    };
  }
}
