package dev.tilewright.examples.language;

import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.runtime.Batch;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Session;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Tokens a second of 16 sessions that have read 16 to 701 tokens, one after the other and all in
 * each call, and that each session's tokens are the same: {@code smollm2.gguf INT8_BLOCKS 1}, the
 * last the number of workers.
 */
final class Together {
  private static final int SESSIONS = 16;
  private static final int TOKENS = 16;
  private static final int ROUNDS = 4;
  private static final int SHORTEST = 16;
  private static final int LONGEST = 701;

  /** What one way of going on wrote, and how fast. */
  private record Run(int[][] tokens, double perSecond) {}

  private final SmolLm2 model;
  private final Batch<SmolLm2> batch;
  private final List<Session<SmolLm2>> sessions = new ArrayList<>();
  private final int[] first = new int[SESSIONS];

  private Together(SmolLm2 model) {
    this.model = model;
    batch = Batch.of(model);
  }

  static void main(String[] arguments) {
    LoadOptions options =
        LoadOptions.defaults()
            .withPrecision(Precision.valueOf(arguments[1]))
            .withWorkers(Integer.parseInt(arguments[2]))
            .withReusedResults(true);
    try (Weights weights = Weights.open(Path.of(arguments[0]));
        SmolLm2 model = Tilewright.load(SmolLm2.class, weights, options)) {
      Together together = new Together(model);
      together.readPrompts();
      together.compare();
      together.sessions.forEach(Session::close);
    }
  }

  private void readPrompts() {
    Random random = new Random(16);
    for (int i = 0; i < SESSIONS; i++) {
      int length = SHORTEST + i * (LONGEST - SHORTEST) / (SESSIONS - 1);
      Session<SmolLm2> session = Session.open(model);
      int[] prompt = random.ints(length, 0, SmolLm2.WORDS).toArray();
      Tensor logits = session.model().next(Tensors.of(new int[][] {prompt}));
      first[i] = likeliest(HostTensor.of(logits).toFloats(), 0);
      sessions.add(session);
    }
  }

  /** The first round of each is not counted. */
  private void compare() {
    double[] alone = new double[ROUNDS];
    double[] together = new double[ROUNDS];
    for (int round = 0; round <= ROUNDS; round++) {
      Run single = oneAfterTheOther();
      Run all = allInACall();
      if (!Arrays.deepEquals(single.tokens(), all.tokens())) {
        throw new AssertionError("a session wrote other tokens in company");
      }
      if (round > 0) {
        alone[round - 1] = single.perSecond();
        together[round - 1] = all.perSecond();
      }
    }
    double before = median(alone);
    double after = median(together);
    System.out.printf(
        "%d sessions, %d tokens each, the same: %.0f tokens a second one after the other, %.0f"
            + " together, %.1f times as many%n",
        SESSIONS, TOKENS, before, after, after / before);
  }

  private Run oneAfterTheOther() {
    int[][] tokens = new int[SESSIONS][TOKENS];
    long start = System.nanoTime();
    for (int i = 0; i < SESSIONS; i++) {
      int token = first[i];
      for (int at = 0; at < TOKENS; at++) {
        Tensor logits = sessions.get(i).model().next(Tensors.of(new int[][] {{token}}));
        token = likeliest(HostTensor.of(logits).toFloats(), 0);
        tokens[i][at] = token;
      }
    }
    return done(tokens, start);
  }

  private Run allInACall() {
    int[][] tokens = new int[SESSIONS][TOKENS];
    long start = System.nanoTime();
    int[][] last = new int[SESSIONS][1];
    for (int i = 0; i < SESSIONS; i++) {
      last[i][0] = first[i];
    }
    for (int at = 0; at < TOKENS; at++) {
      Tensor logits = batch.with(sessions).together(Tensors.ragged(last));
      float[] scores = HostTensor.of(logits).toFloats();
      for (int i = 0; i < SESSIONS; i++) {
        last[i][0] = likeliest(scores, i * SmolLm2.WORDS);
        tokens[i][at] = last[i][0];
      }
    }
    return done(tokens, start);
  }

  private Run done(int[][] tokens, long start) {
    double seconds = (System.nanoTime() - start) / 1e9;
    sessions.forEach(session -> session.truncate(session.length() - TOKENS));
    return new Run(tokens, SESSIONS * TOKENS / seconds);
  }

  private static int likeliest(float[] scores, int from) {
    int best = from;
    for (int i = from; i < from + SmolLm2.WORDS; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best - from;
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return (values[(values.length - 1) / 2] + values[values.length / 2]) / 2;
  }
}
