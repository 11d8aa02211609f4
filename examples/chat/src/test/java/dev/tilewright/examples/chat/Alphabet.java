package dev.tilewright.examples.chat;

import dev.tilewright.text.Tokenizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A token for each printable character of ASCII, a space, and the end of a text. */
final class Alphabet {
  static final int END = 95;
  static final int SIZE = 96;
  static final Tokenizer TOKENIZER = tokenizer();

  private Alphabet() {}

  private static Tokenizer tokenizer() {
    List<String> tokens =
        new ArrayList<>(IntStream.rangeClosed('!', '~').mapToObj(Character::toString).toList());
    tokens.add("Ġ");
    tokens.add("<end>");
    List<Long> types = new ArrayList<>(Collections.nCopies(END, 1L));
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
            (long) END));
  }
}
