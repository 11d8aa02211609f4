package dev.tilewright.tests.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.tilewright.CompiledModel;
import dev.tilewright.Precision;
import dev.tilewright.State;
import dev.tilewright.Tensor;
import dev.tilewright.runtime.Batch;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.RaggedTensor;
import dev.tilewright.runtime.Session;
import dev.tilewright.runtime.SessionException;
import dev.tilewright.runtime.SessionException.Reason;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.Weights;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * States with windows: what queries with the same windows find in them has the bits of what they
 * find where everything was kept, however the text is cut, and whatever the session did before.
 */
class WindowTest {
  private static final int WIDTH = Near.WIDTH;
  private static final int COUNT = 2600;
  private static final float[] ROWS = numbers(COUNT * WIDTH, 1, 3);

  private static float[] numbers(int count, double scale, long seed) {
    Random random = new Random(seed);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) (scale * random.nextGaussian());
    }
    return numbers;
  }

  private static Weights weights() {
    Map<String, WeightTensor> tensors = new HashMap<>();
    for (String layer : List.of("first", "second", "third")) {
      for (String name : List.of(layer + ".query.weight", layer + ".memory.weight")) {
        float[] values = numbers(WIDTH * WIDTH, 0.2, name.hashCode());
        tensors.put(name, WeightTensor.of(name, values, WIDTH, WIDTH));
      }
    }
    return Weights.of(tensors);
  }

  private static <M extends CompiledModel> M load(
      Class<M> model, Precision precision, int workers) {
    LoadOptions options = LoadOptions.defaults().withPrecision(precision).withWorkers(workers);
    return Tilewright.load(model, weights(), options);
  }

  private static HostTensor rows(int from, int to) {
    float[] part = Arrays.copyOfRange(ROWS, from * WIDTH, to * WIDTH);
    return Tensors.floats(new long[] {1, to - from, WIDTH}, part);
  }

  private static float[] part(float[] all, int from, int to) {
    return Arrays.copyOfRange(all, from * WIDTH, to * WIDTH);
  }

  private static <M extends CompiledModel> float[] all(
      M model, BiFunction<M, Tensor, Tensor> read, int count) {
    try (Session<M> session = Session.open(model)) {
      return read.apply(session.model(), rows(0, count)).toFloats();
    }
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32, 1", "FLOAT32, 3", "BFLOAT16, 2"})
  void aTextWithoutEndHasTheBitsOfOneThatIsKept(Precision precision, int workers)
      throws IOException {
    try (WholeText whole = load(WholeText.class, precision, workers);
        SlidingText sliding = load(SlidingText.class, precision, workers)) {
      float[] all = all(whole, WholeText::read, COUNT);
      live(sliding, SlidingText::read, all, COUNT, 120);
    }
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32, 2", "BFLOAT16, 1"})
  void layersWithWindowsStandBesideOthers(Precision precision, int workers) throws IOException {
    try (WholeMixedText whole = load(WholeMixedText.class, precision, workers);
        MixedText mixed = load(MixedText.class, precision, workers)) {
      float[] all = all(whole, WholeMixedText::read, COUNT);
      live(mixed, MixedText::read, all, COUNT, 60);
    }
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32", "BFLOAT16"})
  void eagerlyItIsTheSame(Precision precision) throws IOException {
    int count = 1400;
    try (WholeText whole = Tilewright.eager(WholeText.class, weights(), precision);
        SlidingText sliding = Tilewright.eager(SlidingText.class, weights(), precision)) {
      float[] all = all(whole, WholeText::read, count);
      live(sliding, SlidingText::read, all, count, 0);
    }
  }

  /**
   * Sessions go on in steps of all sizes, go back, fork, are saved and restored.
   *
   * @param saves how many rounds there are at least, in which they are saved, too
   */
  private static <M extends CompiledModel> void live(
      M model, BiFunction<M, Tensor, Tensor> read, float[] all, int count, int saves)
      throws IOException {
    Random random = new Random(7);
    List<Session<M>> sessions = new ArrayList<>(List.of(Session.open(model)));
    boolean forgot = false;
    for (int round = 0; round < saves || sessions.getFirst().length() < count; round++) {
      int number = round % 2 == 0 ? 0 : random.nextInt(sessions.size());
      Session<M> session = sessions.get(number);
      int length = (int) session.length();
      int earliest = (int) session.earliest();
      forgot |= earliest > 0;
      switch (random.nextInt(8)) {
        case 0 -> session.truncate(earliest + random.nextInt(length - earliest + 1));
        case 1 -> {
          if (sessions.size() < 5) {
            sessions.add(session.fork());
          }
        }
        case 2 -> {
          if (saves > 0) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            session.save(bytes);
            Session<M> other = sessions.get(random.nextInt(sessions.size()));
            other.restore(new ByteArrayInputStream(bytes.toByteArray()));
            assertThat(other.length()).isEqualTo(length);
            assertThat(other.earliest()).isEqualTo(earliest);
          }
        }
        default -> {
          int most = (int) Math.min(session.room(), count - length);
          if (most > 0) {
            int step = random.nextInt(3) == 0 ? 1 + random.nextInt(Math.min(9, most)) : most;
            float[] found = read.apply(session.model(), rows(length, length + step)).toFloats();
            assertThat(found).isEqualTo(part(all, length, length + step));
          }
        }
      }
    }
    assertThat(forgot).isTrue();
    sessions.forEach(Session::close);
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32, 1", "FLOAT32, 2", "BFLOAT16, 3"})
  void sessionsTogetherHaveTheBitsOfEachAlone(Precision precision, int workers) {
    try (WholeMixedText whole = load(WholeMixedText.class, precision, workers);
        MixedText model = load(MixedText.class, precision, workers)) {
      float[] all = all(whole, WholeMixedText::read, COUNT);
      together(model, all, 90);
    }
  }

  @Test
  void eagerSessionsGoTogether() {
    try (WholeMixedText whole = Tilewright.eager(WholeMixedText.class, weights());
        MixedText model = Tilewright.eager(MixedText.class, weights())) {
      together(model, all(whole, WholeMixedText::read, 1000), 12);
    }
  }

  private static void together(MixedText model, float[] all, int rounds) {
    Random random = new Random(4);
    int count = all.length / WIDTH;
    List<Session<MixedText>> sessions = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      sessions.add(Session.open(model));
    }
    Batch<MixedText> batch = Batch.of(model);
    for (int round = 0; round < rounds; round++) {
      List<HostTensor> rows = new ArrayList<>();
      List<Session<MixedText>> present = new ArrayList<>();
      for (Session<MixedText> session : sessions) {
        if (session.length() == count) {
          session.truncate(session.earliest());
        }
        int length = (int) session.length();
        int most = (int) Math.min(session.room(), count - length);
        if (most > 0 && random.nextInt(4) > 0) {
          int step = random.nextBoolean() ? 1 : 1 + random.nextInt(most);
          rows.add(HostTensor.of(rows(length, length + step).squeeze(0)));
          present.add(session);
        }
      }
      if (!present.isEmpty()) {
        RaggedTensor found = (RaggedTensor) batch.with(present).readEach(RaggedTensor.of(rows));
        for (int i = 0; i < present.size(); i++) {
          int to = (int) present.get(i).length();
          assertThat(found.sequence(i).toFloats()).isEqualTo(part(all, to - found.length(i), to));
        }
      }
    }
    sessions.forEach(Session::close);
  }

  @Test
  void memoryIsThatOfWindows() {
    try (WholeText whole = load(WholeText.class, Precision.FLOAT32, 1);
        SlidingText sliding = load(SlidingText.class, Precision.FLOAT32, 1);
        Session<WholeText> all = Session.open(whole);
        Session<SlidingText> recent = Session.open(sliding)) {
      long row = 2L * Near.HEAD * Float.BYTES;
      assertThat(all.peakBytes()).isEqualTo(2 * 4000 * row);
      assertThat(recent.peakBytes()).isEqualTo((700 + 720) * row);
      assertThat(recent.capacity()).isEqualTo(Integer.MAX_VALUE);
      assertThat(all.capacity()).isEqualTo(4000);
    }
  }

  @Test
  void whatWasForgottenIsSaid() {
    try (SlidingText model = load(SlidingText.class, Precision.FLOAT32, 2);
        SlidingText eager = Tilewright.eager(SlidingText.class, weights())) {
      for (SlidingText any : List.of(model, eager)) {
        try (Session<SlidingText> session = Session.open(any)) {
          assertThat(session.room()).isEqualTo(700);
          refused(Reason.FULL, "rows", () -> session.model().read(rows(0, 701)));
          session.model().read(rows(0, 700));
          int earliest = State.FORGOTTEN_TOGETHER + Near.WINDOW + 9;
          assertThat(session.room()).isEqualTo(512);
          refused(
              Reason.FULL,
              "bring at most 512 rows in a call",
              () -> session.model().read(rows(700, 700 + 513)));
          assertThat(session.earliest()).isZero();
          session.model().read(rows(700, 701));
          assertThat(session.earliest()).isEqualTo(earliest);
          refused(
              Reason.FORGOTTEN,
              "cut it to %d to 701, or to 0".formatted(earliest),
              () -> session.truncate(earliest - 1));
          refused(Reason.LENGTH, "cannot be cut to 702", () -> session.truncate(702));
          assertThat(session.length()).isEqualTo(701);
          session.truncate(0);
          assertThat(session.room()).isEqualTo(700);
        }
      }
    }
  }

  private static void refused(Reason reason, String message, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            SessionException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(message);
  }

  /** Also when rows are forgotten. */
  @Test
  void rowsAllocateNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    LoadOptions options = LoadOptions.defaults().withWorkers(1).withReusedResults(true);
    try (SlidingText model = Tilewright.load(SlidingText.class, weights(), options);
        Session<SlidingText> session = Session.open(model)) {
      Tensor row = rows(0, 1);
      SlidingText bound = session.model();
      for (int i = 0; i < 20_000; i++) {
        bound.read(row);
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 1200; i++) {
        bound.read(row);
      }
      long bytes = threads.getCurrentThreadAllocatedBytes() - before;
      assertThat(bytes).isLessThan(1200);
      assertThat(session.length()).isEqualTo(21_200);
    }
  }
}
