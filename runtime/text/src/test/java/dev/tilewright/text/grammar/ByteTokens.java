package dev.tilewright.text.grammar;

import dev.tilewright.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** A token for each byte, some for several, and the end of a text. */
final class ByteTokens {
  private static final List<String> LONGER =
      List.of(
          "{\"", "\":", "\": ", ", \"", "\",", "\"}", "true", "false", "null", "name", "12", "34",
          "}}", "]}", "[[", "]]", "\n  ", "\n    ", "é", "日本", "the", " the", "\\\"", "\\u00", "ab",
          "aba", "((", "))", ")(", ", ", "e4 ", " e", "1. ");

  static final Tokenizer TOKENIZER = tokenizer();

  private ByteTokens() {}

  private static Tokenizer tokenizer() {
    List<String> tokens = new ArrayList<>();
    for (int value = 0; value < 256; value++) {
      tokens.add(written(new byte[] {(byte) value}));
    }
    LONGER.forEach(text -> tokens.add(written(text.getBytes(StandardCharsets.UTF_8))));
    List<Long> types = new ArrayList<>(Collections.nCopies(tokens.size(), 1L));
    tokens.add("<end>");
    types.add(3L);
    return Tokenizer.of(
        Map.of(
            "tokenizer.ggml.model",
            "gpt2",
            "tokenizer.ggml.pre",
            "gpt-2",
            "tokenizer.ggml.tokens",
            tokens,
            "tokenizer.ggml.token_type",
            types,
            "tokenizer.ggml.merges",
            List.of(),
            "tokenizer.ggml.eos_token_id",
            tokens.size() - 1L));
  }

  /** GPT-2's characters for bytes: printable ones for themselves, others from U+0100 on. */
  private static String written(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      int value = b & 0xFF;
      int others = 0;
      for (int i = 0; i < value; i++) {
        others += printable(i) ? 0 : 1;
      }
      text.appendCodePoint(printable(value) ? value : 0x100 + others);
    }
    return text.toString();
  }

  private static boolean printable(int value) {
    return (value >= '!' && value <= '~') || (value >= 0xA1 && value <= 0xFF && value != 0xAD);
  }
}
