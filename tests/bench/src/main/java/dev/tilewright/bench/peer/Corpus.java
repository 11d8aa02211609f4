package dev.tilewright.bench.peer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.tilewright.examples.search.MiniLm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** Real sentences: those of the semantic-search example. */
final class Corpus {
  private static final String TEXT = "moby-dick.txt";
  private static final String TOKENIZER = "/all-minilm-l6-v2-tokenizer.json";

  private Corpus() {}

  /** So many sentences, drawn at random but the same at every call. */
  static Batch draw(int count) throws IOException {
    List<String> lines;
    try (InputStream text = MiniLm.class.getResourceAsStream(TEXT)) {
      lines = new String(text.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
    List<String> drawn = new Random(7).ints(count, 0, lines.size()).mapToObj(lines::get).toList();
    try (InputStream json = Objects.requireNonNull(Corpus.class.getResourceAsStream(TOKENIZER));
        HuggingFaceTokenizer tokenizer =
            HuggingFaceTokenizer.newInstance(
                json, Map.of("padding", "false", "truncation", "true", "modelMaxLength", "512"))) {
      int[][] sentences =
          Arrays.stream(tokenizer.batchEncode(drawn))
              .map(e -> Arrays.stream(e.getIds()).mapToInt(Math::toIntExact).toArray())
              .toArray(int[][]::new);
      return new Batch("mixed" + count, sentences);
    }
  }
}
