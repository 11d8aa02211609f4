package dev.tilewright.text;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** The entries of a GGUF file that describe its tokenizer, checked as they are read. */
record TokenizerMetadata(Map<String, Object> entries) {
  static final String MODEL = "tokenizer.ggml.model";
  static final String PRE = "tokenizer.ggml.pre";
  static final String TOKENS = "tokenizer.ggml.tokens";
  static final String TYPES = "tokenizer.ggml.token_type";
  static final String SCORES = "tokenizer.ggml.scores";
  static final String MERGES = "tokenizer.ggml.merges";

  String model() {
    return text(MODEL, null);
  }

  String text(String key, String byDefault) {
    Object value = entries.get(key);
    if (value instanceof String text) {
      return text;
    }
    if (value == null && byDefault != null) {
      return byDefault;
    }
    throw value == null ? missing(key) : wrong(key, "a string", value);
  }

  boolean flag(String key, boolean byDefault) {
    Object value = entries.get(key);
    if (value == null) {
      return byDefault;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wrong(key, "a boolean", value);
  }

  /** The id under {@code tokenizer.ggml.NAME_token_id}, if there is one. */
  OptionalInt id(String name, int size) {
    String key = "tokenizer.ggml." + name + "_token_id";
    Object value = entries.get(key);
    if (value == null) {
      return OptionalInt.empty();
    }
    if (value instanceof Long id && id >= 0 && id < size) {
      return OptionalInt.of(id.intValue());
    }
    throw wrong(key, "the id of one of " + size + " tokens", value);
  }

  boolean has(String key) {
    return entries.containsKey(key);
  }

  String[] texts(String key) {
    List<?> list = list(key);
    String[] texts = new String[list.size()];
    int i = 0;
    for (Object element : list) {
      if (!(element instanceof String text)) {
        throw wrong(key, "a list of strings", element);
      }
      texts[i++] = text;
    }
    return texts;
  }

  Number[] numbers(String key, int count) {
    List<?> list = list(key);
    if (list.size() != count) {
      throw new TokenizerException(
          "%s has %d elements for %d tokens.".formatted(key, list.size(), count));
    }
    Number[] numbers = new Number[count];
    int i = 0;
    for (Object element : list) {
      if (!(element instanceof Number number)) {
        throw wrong(key, "a list of numbers", element);
      }
      numbers[i++] = number;
    }
    return numbers;
  }

  private List<?> list(String key) {
    Object value = entries.get(key);
    if (value instanceof List<?> list) {
      return list;
    }
    throw value == null ? missing(key) : wrong(key, "a list", value);
  }

  private static TokenizerException missing(String key) {
    return new TokenizerException(
        "The metadata has no "
            + key
            + ". A tokenizer comes with a GGUF file of a language model; open such a file.");
  }

  private static TokenizerException wrong(String key, String expected, Object value) {
    return new TokenizerException("%s should be %s but has %s.".formatted(key, expected, value));
  }
}
