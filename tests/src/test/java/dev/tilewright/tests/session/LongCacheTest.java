package dev.tilewright.tests.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.Precision;
import dev.tilewright.runtime.Batch;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.RaggedTensor;
import dev.tilewright.runtime.Session;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys in pieces: few queries along the rows, many along the lanes, the same bits. */
class LongCacheTest {
  private static final int COUNT = 1100;
  private static final float[] ROWS = numbers(COUNT * LongCache.WIDTH, 3);

  /**
   * Both sides of the ends of a block and of pieces; the last first, for a session is cut there.
   */
  private static final int[] STARTS = {1090, 1024, 1023, 640, 513, 512, 511, 128, 127, 1};

  private static float[] numbers(int count, long seed) {
    Random random = new Random(seed);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  private static Weights weights() {
    int width = LongCache.WIDTH;
    int memory = 2 * LongCache.HEAD;
    return Weights.of(
        Map.of(
            "query.weight",
            WeightTensor.of("query.weight", numbers(width * width, 1), width, width),
            "memory.weight",
            WeightTensor.of("memory.weight", numbers(memory * width, 2), memory, width)));
  }

  private static LongCache load(Precision precision, int workers) {
    LoadOptions options = LoadOptions.defaults().withPrecision(precision).withWorkers(workers);
    return Tilewright.load(LongCache.class, weights(), options);
  }

  private static float[] read(Session<LongCache> session, int from, int to) {
    int width = LongCache.WIDTH;
    float[] rows = Arrays.copyOfRange(ROWS, from * width, to * width);
    return session.model().read(Tensors.floats(new long[] {1, to - from, width}, rows)).toFloats();
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32, 1", "FLOAT32, 2", "FLOAT32, 3", "BFLOAT16, 1", "BFLOAT16, 2"})
  void anyCutGivesTheBitsOfOneCall(Precision precision, int workers) {
    int width = LongCache.WIDTH;
    try (LongCache model = load(precision, workers);
        Session<LongCache> session = Session.open(model)) {
      float[] whole = read(session, 0, COUNT);
      for (int start : STARTS) {
        for (int step : new int[] {1, 2, 3, 4, 5, 9}) {
          session.truncate(start);
          float[] rows = read(session, start, start + step);
          assertThat(rows)
              .isEqualTo(Arrays.copyOfRange(whole, start * width, (start + step) * width));
        }
      }
    }
  }

  /** Sessions at both sides of the ends of pieces go on together, few rows and many. */
  @ParameterizedTest
  @CsvSource({"FLOAT32, 1", "FLOAT32, 2", "FLOAT32, 3", "BFLOAT16, 2"})
  void sessionsTogetherGiveTheBitsOfOneCall(Precision precision, int workers) {
    int width = LongCache.WIDTH;
    try (LongCache model = load(precision, workers);
        Session<LongCache> all = Session.open(model)) {
      float[] whole = read(all, 0, COUNT);
      List<Session<LongCache>> sessions = new ArrayList<>();
      for (int start : STARTS) {
        sessions.add(all.fork());
        sessions.getLast().truncate(start);
      }
      Batch<LongCache> batch = Batch.of(model);
      for (int[] steps : new int[][] {{1, 1, 1}, {3, 1, 2}, {1, 9, 1}, {4, 5, 5}, {1, 2, 30}}) {
        List<HostTensor> rows = new ArrayList<>();
        for (int i = 0; i < STARTS.length; i++) {
          int from = STARTS[i] * width;
          int step = i == 0 ? 1 : steps[i % steps.length];
          float[] own = Arrays.copyOfRange(ROWS, from, from + step * width);
          rows.add(Tensors.floats(new long[] {step, width}, own));
        }
        RaggedTensor found = (RaggedTensor) batch.with(sessions).readEach(RaggedTensor.of(rows));
        for (int i = 0; i < STARTS.length; i++) {
          int from = STARTS[i] * width;
          float[] expected = Arrays.copyOfRange(whole, from, from + found.length(i) * width);
          assertThat(found.sequence(i).toFloats()).isEqualTo(expected);
          sessions.get(i).truncate(STARTS[i]);
        }
      }
      sessions.forEach(Session::close);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16"})
  void compiledAndEagerAgree(Precision precision) {
    float tolerance = precision == Precision.BFLOAT16 ? 0.2f : 2e-4f;
    try (LongCache eager = Tilewright.eager(LongCache.class, weights(), precision);
        Session<LongCache> plain = Session.open(eager);
        LongCache model = load(precision, 2);
        Session<LongCache> session = Session.open(model)) {
      read(plain, 0, COUNT - 3);
      read(session, 0, COUNT - 3);
      for (int at = COUNT - 3; at < COUNT; at++) {
        float[] expected = read(plain, at, at + 1);
        float[] rows = read(session, at, at + 1);
        for (int i = 0; i < rows.length; i++) {
          assertThat(rows[i]).isCloseTo(expected[i], within(tolerance));
        }
      }
    }
  }
}
