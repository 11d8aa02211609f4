package dev.tilewright.tests.minilm;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.tilewright.examples.search.MiniLm;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The example's corpus as token ids. */
final class Corpus {
  static final int MAX_TOKENS = 512;
  private static final String MODEL = "/all-minilm-l6-v2.onnx";
  private static final String TOKENIZER = "/all-minilm-l6-v2-tokenizer.json";

  private final List<int[]> sentences = new ArrayList<>();

  Corpus() {
    try (InputStream json = resource(TOKENIZER).openStream();
        InputStream text = MiniLm.class.getResourceAsStream("moby-dick.txt");
        HuggingFaceTokenizer tokenizer =
            HuggingFaceTokenizer.newInstance(
                json, Map.of("padding", "false", "truncation", "true", "modelMaxLength", "512"))) {
      List<String> lines =
          new String(text.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank())
              .toList();
      for (var encoding : tokenizer.batchEncode(lines)) {
        sentences.add(Arrays.stream(encoding.getIds()).mapToInt(Math::toIntExact).toArray());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sentence by sentence, each with its first and last special token. */
  List<int[]> sentences() {
    return sentences;
  }

  /**
   * Real text of exactly so many tokens: sentences from the given one on, without the special
   * tokens between them, cut to length.
   */
  int[] passage(int first, int tokens) {
    int[] passage = new int[tokens];
    int[] start = sentences.get(first % sentences.size());
    passage[0] = start[0];
    int filled = 1;
    for (int i = first; filled < tokens; i++) {
      int[] next = sentences.get(i % sentences.size());
      int taken = Math.min(next.length - 2, tokens - filled);
      System.arraycopy(next, 1, passage, filled, taken);
      filled += taken;
    }
    if (tokens > 1) {
      passage[tokens - 1] = start[start.length - 1];
    }
    return passage;
  }

  static URL onnx() {
    return resource(MODEL);
  }

  private static URL resource(String name) {
    return Objects.requireNonNull(Corpus.class.getResource(name), name);
  }
}
