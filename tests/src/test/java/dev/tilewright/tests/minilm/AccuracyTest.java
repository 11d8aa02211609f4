package dev.tilewright.tests.minilm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.Precision;
import dev.tilewright.examples.search.MiniLm;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What each precision costs in accuracy, on real sentences: against the same model in binary64, and
 * in what a search finds. {@code -Dtilewright.accuracy.all=true} takes 1,000 sentences and a search
 * among all of the corpus (at most 3,000) in place of a sample.
 */
class AccuracyTest {
  private static final boolean ALL = Boolean.getBoolean("tilewright.accuracy.all");
  private static final int EXACT = ALL ? 1000 : 24;
  private static final int FOUND_AMONG = ALL ? 3000 : 600;
  private static final int QUERIES = ALL ? 500 : 100;
  private static final int NEAREST = 10;
  private static final int BATCH = 8;

  private static Weights weights;
  private static List<int[]> sentences;
  private static List<double[]> exact;
  private static final Map<Precision, List<float[]>> VECTORS = new EnumMap<>(Precision.class);

  @BeforeAll
  static void open() {
    weights = Weights.open(Corpus.onnx());
    sentences = new Corpus().sentences();
    sentences = sentences.subList(0, Math.min(sentences.size(), Math.max(EXACT, FOUND_AMONG)));
  }

  /** Each by itself, so that no padding is computed. */
  private static List<double[]> exact() {
    if (exact == null) {
      MiniLm model = new ExactMiniLm(weights);
      exact =
          sentences.subList(0, Math.min(EXACT, sentences.size())).parallelStream()
              .map(sentence -> exact(model, sentence))
              .toList();
    }
    return exact;
  }

  private static double[] exact(MiniLm model, int[] sentence) {
    Batch one = Batch.of(List.of(sentence));
    DoubleTensor vector =
        (DoubleTensor)
            model.embed(
                ExactMiniLm.ints(1, sentence.length, one.ids()),
                ExactMiniLm.ints(1, sentence.length, one.mask()));
    return vector.elements();
  }

  @AfterAll
  static void close() {
    weights.close();
  }

  private static List<float[]> vectors(Precision precision) {
    return VECTORS.computeIfAbsent(
        precision,
        wanted -> {
          float[][] all = new float[sentences.size()][];
          // Sentences of like length side by side.
          List<Integer> order =
              IntStream.range(0, all.length)
                  .boxed()
                  .sorted(Comparator.comparingInt(i -> sentences.get(i).length))
                  .toList();
          try (MiniLm model =
              Tilewright.load(
                  MiniLm.class, weights, LoadOptions.defaults().withPrecision(wanted))) {
            for (int at = 0; at < all.length; at += BATCH) {
              List<Integer> some = order.subList(at, Math.min(all.length, at + BATCH));
              float[][] embedded =
                  Batch.of(some.stream().map(sentences::get).toList()).embed(model);
              for (int row = 0; row < embedded.length; row++) {
                all[some.get(row)] = embedded[row];
              }
            }
          }
          return List.of(all);
        });
  }

  @Test
  void float32IsExactToFiveDigits() {
    assertThat(against(Precision.FLOAT32).difference()).isLessThanOrEqualTo(1e-5);
  }

  @Test
  void bfloat16KeepsTheDirection() {
    assertThat(against(Precision.BFLOAT16).cosine()).isGreaterThanOrEqualTo(0.9999);
  }

  @Test
  void int8KeepsTheDirection() {
    Accuracy int8 = against(Precision.INT8);
    assertThat(int8.meanCosine()).isGreaterThanOrEqualTo(0.998);
    assertThat(int8.cosine()).isGreaterThanOrEqualTo(0.996);
  }

  @Test
  void narrowWeightsKeepTheDirection() {
    assertThat(against(Precision.BFLOAT16_WEIGHTS).cosine()).isGreaterThanOrEqualTo(0.9999);
    assertThat(against(Precision.INT8_WEIGHTS).cosine()).isGreaterThanOrEqualTo(0.998);
  }

  /** The greatest difference, the least and the mean cosine over all sentences. */
  private record Accuracy(double difference, double cosine, double meanCosine) {}

  private static Accuracy against(Precision precision) {
    List<float[]> ours = vectors(precision);
    List<double[]> exact = exact();
    double worst = 0;
    double least = 1;
    double sum = 0;
    for (int i = 0; i < exact.size(); i++) {
      double dot = 0;
      double norm = 0;
      double exactNorm = 0;
      for (int j = 0; j < exact.get(i).length; j++) {
        double x = ours.get(i)[j];
        double y = exact.get(i)[j];
        dot += x * y;
        norm += x * x;
        exactNorm += y * y;
        worst = Math.max(worst, Math.abs(x - y));
      }
      double cosine = dot / Math.sqrt(norm * exactNorm);
      least = Math.min(least, cosine);
      sum += cosine;
    }
    System.out.printf(
        "%s against binary64, %d sentences: max difference %.2g, cosine least %.6f, mean %.6f%n",
        precision, exact.size(), worst, least, sum / exact.size());
    return new Accuracy(worst, least, sum / exact.size());
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FLOAT32", "INT8_BLOCKS"},
      mode = EnumSource.Mode.EXCLUDE)
  void findsTheSame(Precision precision) {
    List<float[]> reference = vectors(Precision.FLOAT32);
    List<float[]> ours = vectors(precision);
    int same = 0;
    for (int query = 0; query < QUERIES; query++) {
      Set<Integer> expected = new HashSet<>(nearest(reference, query));
      expected.retainAll(nearest(ours, query));
      same += expected.size();
    }
    double agreement = (double) same / (QUERIES * NEAREST);
    System.out.printf(
        "%s: of the %d nearest of %d sentences, %.2f %% are those of float32 (%d queries)%n",
        precision, NEAREST, ours.size(), 100 * agreement, QUERIES);
    assertThat(agreement)
        .isGreaterThanOrEqualTo(
            switch (precision) {
              case FLOAT32 -> 1;
              case BFLOAT16, BFLOAT16_WEIGHTS -> 0.99;
              case INT8, INT8_WEIGHTS, INT8_BLOCKS -> 0.95;
            });
  }

  private static List<Integer> nearest(List<float[]> vectors, int query) {
    float[] asked = vectors.get(query);
    double[] scores = new double[vectors.size()];
    for (int i = 0; i < scores.length; i++) {
      for (int j = 0; j < asked.length; j++) {
        scores[i] += asked[j] * vectors.get(i)[j];
      }
    }
    return IntStream.range(0, scores.length)
        .filter(i -> i != query)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -scores[i]))
        .limit(NEAREST)
        .toList();
  }
}
