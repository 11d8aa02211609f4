package dev.tilewright.text;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The tokens: text by id, id by text, kind by id. */
final class Vocabulary {
  static final int NONE = -1;

  /** Texts that end an answer in the models which have them, whatever kind the file gives them. */
  private static final Set<String> ENDS =
      Set.of(
          "<|eot_id|>",
          "<|eom_id|>",
          "<|im_end|>",
          "<|end|>",
          "<|return|>",
          "<|call|>",
          "<end_of_turn>",
          "<turn|>",
          "<|endoftext|>",
          "<|end_of_text|>",
          "<end_of_utterance>",
          "<EOT>",
          "</s>",
          "<eos>");

  private final String[] texts;
  private final TokenKind[] kinds;
  private final Map<String, Integer> ids;

  Vocabulary(String[] texts, TokenKind[] kinds) {
    this.texts = texts;
    this.kinds = kinds;
    this.ids = HashMap.newHashMap(texts.length);
    for (int id = 0; id < texts.length; id++) {
      ids.put(texts[id], id);
      if (ENDS.contains(texts[id])) {
        kinds[id] = TokenKind.CONTROL;
      }
    }
  }

  static Vocabulary of(TokenizerMetadata metadata) {
    String[] texts = metadata.texts(TokenizerMetadata.TOKENS);
    if (texts.length == 0) {
      throw new TokenizerException(TokenizerMetadata.TOKENS + " is empty.");
    }
    TokenKind[] kinds = new TokenKind[texts.length];
    Arrays.fill(kinds, TokenKind.NORMAL);
    if (metadata.has(TokenizerMetadata.TYPES)) {
      Number[] numbers = metadata.numbers(TokenizerMetadata.TYPES, texts.length);
      Arrays.setAll(kinds, id -> TokenKind.of(numbers[id].longValue()));
    }
    return new Vocabulary(texts, kinds);
  }

  int size() {
    return texts.length;
  }

  String text(int id) {
    return texts[checked(id)];
  }

  TokenKind kind(int id) {
    return kinds[checked(id)];
  }

  /** The id of the text, or {@link #NONE}. */
  int id(String text) {
    return ids.getOrDefault(text, NONE);
  }

  boolean endsAnswer(int id) {
    return ENDS.contains(text(id));
  }

  private int checked(int id) {
    if (id < 0 || id >= texts.length) {
      throw new IllegalArgumentException(
          "%d is no token; the vocabulary has 0 to %d.".formatted(id, texts.length - 1));
    }
    return id;
  }
}
