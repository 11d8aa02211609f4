package dev.tilewright.tests.minilm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.Precision;
import dev.tilewright.examples.search.MiniLm;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A sentence has the same embedding, to the last bit, in whatever company it is computed: in each
 * precision.
 */
@ParameterizedClass
@EnumSource(
    value = Precision.class,
    names = {"FLOAT32", "BFLOAT16", "INT8"})
class SameBitsTest {
  private static final int[] LENGTHS = {1, 2, 3, 5, 8, 13, 16, 17, 31, 32, 33, 47, 64, 100};

  private static Corpus corpus;
  private static Weights weights;
  private static MiniLm model;
  private static List<int[]> texts;
  private static List<float[]> alone;

  @Parameter private Precision precision;

  @BeforeParameterizedClassInvocation
  static void load(Precision precision) {
    corpus = new Corpus();
    weights = Weights.open(Corpus.onnx());
    model = Tilewright.load(MiniLm.class, weights, options(precision, 1));
    texts = new ArrayList<>();
    alone = new ArrayList<>();
    for (int i = 0; i < LENGTHS.length; i++) {
      texts.add(corpus.passage(10 * i, LENGTHS[i]));
      alone.add(Batch.of(List.of(texts.get(i))).embed(model)[0]);
    }
  }

  @AfterParameterizedClassInvocation
  static void close() {
    if (model != null) {
      model.close();
    }
    if (weights != null) {
      weights.close();
    }
  }

  @Test
  void fromPackedWeights(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("model.onnx");
    try (InputStream in = Corpus.onnx().openStream()) {
      Files.copy(in, file);
    }
    LoadOptions keeping = options(precision, 2).withWeightCache(folder.resolve("cache"));
    for (String origin : List.of("weights ", "read from " + folder)) {
      try (MiniLm other = Tilewright.load(MiniLm.class, file, keeping)) {
        assertThat(other.describe()).contains(origin);
        float[][] embedded = Batch.of(texts).embed(other);
        for (int i = 0; i < embedded.length; i++) {
          assertThat(embedded[i]).isEqualTo(alone.get(i));
        }
      }
    }
  }

  @Test
  void inAnyBatchAtAnyPlace() {
    Random random = new Random(1);
    for (int round = 0; round < 12; round++) {
      List<Integer> order = new ArrayList<>();
      int size = 1 + random.nextInt(9);
      for (int i = 0; i < size; i++) {
        order.add(random.nextInt(LENGTHS.length));
      }
      Collections.shuffle(order, random);
      List<int[]> rows = order.stream().map(texts::get).toList();
      int longest = rows.stream().mapToInt(row -> row.length).max().orElseThrow();
      Batch batch = new Batch(rows, longest + random.nextInt(40), random.nextInt(30000));
      check("batch of " + size + " padded to " + batch.tokens(), order, batch.embed(model));
    }
  }

  @Test
  void howeverFarPadded() {
    for (int i = 0; i < LENGTHS.length; i += 3) {
      for (int tokens : new int[] {LENGTHS[i], LENGTHS[i] + 1, 128, 129, 300, 512}) {
        Batch batch = new Batch(List.of(texts.get(i)), tokens, 7);
        check("padded to " + tokens, List.of(i), batch.embed(model));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void onAnyNumberOfWorkers(int workers) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < LENGTHS.length; i++) {
      order.add(i);
    }
    try (MiniLm team = Tilewright.load(MiniLm.class, weights, options(precision, workers))) {
      check(workers + " workers, one batch", order, Batch.of(texts).embed(team));
      for (int i : order) {
        check(workers + " workers, alone", List.of(i), Batch.of(List.of(texts.get(i))).embed(team));
      }
    }
  }

  /** Real sentences, of all lengths side by side. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void withoutPadding(int workers) {
    List<int[]> sentences = corpus.sentences().subList(0, 96);
    List<float[]> each =
        sentences.stream().map(sentence -> Batch.of(List.of(sentence)).embed(model)[0]).toList();
    try (MiniLm team = Tilewright.load(MiniLm.class, weights, options(precision, workers))) {
      for (int size : new int[] {1, 7, 96}) {
        for (int first = 0; first + size <= Math.min(96, 3 * size); first += size) {
          float[][] vectors = Batch.of(sentences.subList(first, first + size)).embedRagged(team);
          for (int row = 0; row < size; row++) {
            assertThat(vectors[row])
                .as("%d of %d sentences, %d workers", first + row, size, workers)
                .isEqualTo(each.get(first + row));
          }
        }
      }
    }
  }

  private static LoadOptions options(Precision precision, int workers) {
    return LoadOptions.defaults().withPrecision(precision).withWorkers(workers);
  }

  private static void check(String what, List<Integer> order, float[][] vectors) {
    for (int row = 0; row < vectors.length; row++) {
      assertThat(vectors[row])
          .as("%s, row %d of %d tokens", what, row, LENGTHS[order.get(row)])
          .isEqualTo(alone.get(order.get(row)));
    }
  }
}
