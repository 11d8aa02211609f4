package dev.tilewright.tests.minilm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.examples.search.MiniLm;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Embeddings agree with those of ONNX Runtime on the same file. */
class EmbeddingsTest {
  private static final double MAX_DIFFERENCE = 1e-5;
  private static final double MIN_COSINE = 0.999999;

  private static Corpus corpus;
  private static MiniLm model;
  private static Peer peer;

  private double worst;
  private double leastCosine = 1;
  private int compared;

  @BeforeAll
  static void load() throws Exception {
    corpus = new Corpus();
    try (Weights weights = Weights.open(Corpus.onnx())) {
      model = Tilewright.load(MiniLm.class, weights);
    }
    peer = new Peer();
  }

  @AfterAll
  static void close() throws Exception {
    if (model != null) {
      model.close();
    }
    if (peer != null) {
      peer.close();
    }
  }

  @Test
  void sentencesInPaddedBatches() throws Exception {
    List<int[]> sentences = corpus.sentences();
    assertThat(sentences).hasSizeGreaterThanOrEqualTo(300);
    for (int start = 0; start < 320; start += 16) {
      compare(Batch.of(sentences.subList(start, start + 16)));
    }
    finish("sentences");
    assertThat(compared).isGreaterThanOrEqualTo(300);
  }

  /** All lengths to 160, then those beside multiples of 16; with the property, all. */
  @Test
  void everyClassOfLengths() throws Exception {
    boolean all = Boolean.getBoolean("tilewright.lengths.all");
    List<Integer> lengths =
        IntStream.rangeClosed(1, Corpus.MAX_TOKENS)
            .filter(length -> all || length <= 160 || (length + 1) % 16 <= 2)
            .boxed()
            .toList();
    for (int start = 0; start < lengths.size(); start += 8) {
      List<Integer> some = lengths.subList(start, Math.min(start + 8, lengths.size()));
      compare(Batch.of(some.stream().map(length -> corpus.passage(length, length)).toList()));
    }
    finish("lengths");
    assertThat(compared).isEqualTo(lengths.size());
  }

  @Test
  void eagerAgreesToo() throws Exception {
    try (Weights weights = Weights.open(Corpus.onnx());
        MiniLm eager = Tilewright.eager(MiniLm.class, weights)) {
      compare(Batch.of(List.of(corpus.passage(3, 5), corpus.passage(9, 2))), eager);
    }
    finish("eager");
  }

  private void compare(Batch batch) throws Exception {
    compare(batch, model);
  }

  private void compare(Batch batch, MiniLm own) throws Exception {
    float[][] ours = batch.embed(own);
    double[][] theirs = peer.embed(batch);
    for (int row = 0; row < ours.length; row++) {
      double dot = 0;
      double norm = 0;
      double difference = 0;
      for (int i = 0; i < ours[row].length; i++) {
        dot += ours[row][i] * theirs[row][i];
        norm += (double) ours[row][i] * ours[row][i];
        difference = Math.max(difference, Math.abs(ours[row][i] - theirs[row][i]));
      }
      double cosine = dot / Math.sqrt(norm);
      String what =
          "row %d of %d, %d of %d tokens"
              .formatted(row, ours.length, batch.rows().get(row).length, batch.tokens());
      assertThat(difference).as("difference in %s", what).isLessThanOrEqualTo(MAX_DIFFERENCE);
      assertThat(cosine).as("cosine in %s", what).isGreaterThanOrEqualTo(MIN_COSINE);
      worst = Math.max(worst, difference);
      leastCosine = Math.min(leastCosine, cosine);
      compared++;
    }
  }

  private void finish(String what) {
    System.out.printf(
        "%s: %d embeddings against ONNX Runtime %s: max difference %.2g, cosine >= 1 - %.2g%n",
        what, compared, peer.version(), worst, 1 - leastCosine);
  }
}
