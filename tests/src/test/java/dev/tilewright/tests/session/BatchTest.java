package dev.tilewright.tests.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.runtime.Batch;
import dev.tilewright.runtime.IndexOutOfRangeException;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.RaggedTensor;
import dev.tilewright.runtime.Session;
import dev.tilewright.runtime.SessionException;
import dev.tilewright.runtime.SessionException.Reason;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several sessions in one call: each gets the bits that it gets by itself. */
class BatchTest {
  private static final int VOCABULARY = Decoder.VOCABULARY;

  /** A session, the tokens that it is to be told, and what it says when it is alone. */
  private static final class Story {
    final int[] tokens;
    final float[] expected;
    Session<Decoder> session;

    Story(Decoder alone, int count, long seed) {
      tokens = DecoderWeights.tokens(count, seed);
      try (Session<Decoder> single = Session.open(alone)) {
        expected = single.model().next(Tensors.of(new int[][] {tokens})).toFloats();
      }
    }

    int at() {
      return session == null ? 0 : (int) session.length();
    }

    float[] part(int from, int to) {
      return Arrays.copyOfRange(expected, from * VOCABULARY, to * VOCABULARY);
    }
  }

  private static Decoder load(Precision precision, int workers) {
    return Tilewright.load(
        Decoder.class,
        DecoderWeights.all(),
        LoadOptions.defaults().withPrecision(precision).withWorkers(workers));
  }

  @ParameterizedTest
  @EnumSource(names = "BFLOAT16_WEIGHTS", mode = EnumSource.Mode.EXCLUDE)
  void eachSessionGetsTheBitsThatItGetsAlone(Precision precision) {
    List<Story> stories = new ArrayList<>();
    try (Decoder alone = load(precision, 1)) {
      for (int i = 0; i < 7; i++) {
        stories.add(new Story(alone, Decoder.CAPACITY - 7 * i, i));
      }
    }
    for (int workers = 1; workers <= 3; workers++) {
      try (Decoder model = load(precision, workers)) {
        run(model, stories, new Random(workers), 40);
      }
    }
  }

  /** Sessions join and leave, forget, and are told one token or many. */
  private static void run(Decoder model, List<Story> stories, Random random, int rounds) {
    Batch<Decoder> batch = Batch.of(model);
    for (int round = 0; round < rounds; round++) {
      Collections.shuffle(stories, random);
      List<Story> present = stories.subList(0, 1 + random.nextInt(stories.size()));
      List<Session<Decoder>> sessions = new ArrayList<>();
      int[][] ids = new int[present.size()][];
      for (int i = 0; i < ids.length; i++) {
        Story story = present.get(i);
        if (story.session == null) {
          story.session = Session.open(model);
        } else if (story.at() == story.tokens.length || random.nextInt(8) == 0) {
          story.session.truncate(random.nextInt(story.at()));
        }
        int most = random.nextInt(3) == 0 ? story.tokens.length - story.at() : 1;
        int from = story.at();
        ids[i] = Arrays.copyOfRange(story.tokens, from, from + 1 + random.nextInt(most));
        sessions.add(story.session);
      }
      boolean last = random.nextBoolean();
      Tensor scores =
          last
              ? batch.with(sessions).last(Tensors.ragged(ids))
              : batch.with(sessions).together(Tensors.ragged(ids));
      for (int i = 0; i < ids.length; i++) {
        Story story = present.get(i);
        int to = story.at();
        float[] own =
            last
                ? Arrays.copyOfRange(scores.toFloats(), i * VOCABULARY, (i + 1) * VOCABULARY)
                : ((RaggedTensor) scores).sequence(i).toFloats();
        assertThat(own).isEqualTo(story.part(last ? to - 1 : to - ids[i].length, to));
      }
      if (random.nextInt(5) == 0) {
        present.getFirst().session.close();
        present.getFirst().session = null;
      }
    }
    for (Story story : stories) {
      if (story.session != null) {
        story.session.close();
        story.session = null;
      }
    }
  }

  @Test
  void entriesOfOneAndOfManySequencesShareSessions() {
    try (Decoder model = load(Precision.FLOAT32, 2)) {
      Story story = new Story(model, 40, 9);
      Batch<Decoder> batch = Batch.of(model);
      try (Session<Decoder> one = Session.open(model);
          Session<Decoder> other = Session.open(model)) {
        Tensor beginning = Tensors.of(new int[][] {Arrays.copyOf(story.tokens, 30)});
        assertThat(one.model().next(beginning).toFloats()).isEqualTo(story.part(0, 30));
        assertThat(other.model().together(beginning).toFloats()).isEqualTo(story.part(0, 30));
        try (Session<Decoder> fork = one.fork()) {
          int[] more = Arrays.copyOfRange(story.tokens, 30, 35);
          // Of one length, so they may come as a dense tensor.
          Tensor scores = batch.with(other, fork).together(Tensors.of(new int[][] {more, more}));
          float[] part = story.part(30, 35);
          assertThat(Arrays.copyOf(scores.toFloats(), part.length)).isEqualTo(part);
          assertThat(scores.toFloats()).endsWith(part);
          assertThat(one.length()).isEqualTo(30);
          assertThat(fork.length()).isEqualTo(35);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16"})
  void compiledAndEagerAgree(Precision precision) {
    float tolerance = precision == Precision.BFLOAT16 ? 0.1f : 1e-4f;
    try (Decoder model = load(precision, 2);
        Decoder eager = Tilewright.eager(Decoder.class, DecoderWeights.all(), precision);
        Session<Decoder> a = Session.open(model);
        Session<Decoder> b = Session.open(model);
        Session<Decoder> eagerA = Session.open(eager);
        Session<Decoder> eagerB = Session.open(eager)) {
      Batch<Decoder> batch = Batch.of(model);
      Batch<Decoder> plain = Batch.of(eager);
      for (int[] lengths : new int[][] {{5, 2}, {1, 9}, {1, 1}}) {
        int[][] ids = {DecoderWeights.tokens(lengths[0], 1), DecoderWeights.tokens(lengths[1], 2)};
        Tensor tokens = lengths[0] == lengths[1] ? Tensors.of(ids) : Tensors.ragged(ids);
        Tensor scores = batch.with(a, b).together(tokens);
        Tensor expected = plain.with(eagerA, eagerB).together(tokens);
        assertThat(scores.type()).isEqualTo(expected.type());
        float[] values = expected.toFloats();
        for (int i = 0; i < values.length; i++) {
          assertThat(scores.toFloats()[i]).isCloseTo(values[i], within(tolerance));
        }
      }
      assertThat(eagerA.length()).isEqualTo(7);
      assertThat(eagerB.length()).isEqualTo(12);
    }
  }

  @Test
  void whatIsWrongIsSaidAndNothingIsRemembered() {
    try (Decoder model = load(Precision.FLOAT32, 2);
        Decoder second = load(Precision.FLOAT32, 1);
        Decoder eager = Tilewright.eager(Decoder.class, DecoderWeights.all());
        Decoder secondEager = Tilewright.eager(Decoder.class, DecoderWeights.all())) {
      refuses(model, second);
      refuses(eager, secondEager);
    }
  }

  private static void refuses(Decoder model, Decoder second) {
    Batch<Decoder> batch = Batch.of(model);
    try (Session<Decoder> a = Session.open(model);
        Session<Decoder> b = Session.open(model);
        Session<Decoder> foreign = Session.open(second)) {
      Tensor two = Tensors.ragged(new int[][] {{1, 2, 3}, {4}});
      batch.with(a, b).last(two);
      Session<Decoder> closed = Session.open(model);
      closed.close();
      refused(() -> batch.with(a, a).last(two), Reason.TWICE);
      refused(() -> batch.with(a, foreign).last(two), Reason.FOREIGN);
      refused(() -> batch.with(a, closed).last(two), Reason.CLOSED);
      refused(() -> batch.with(a).last(two), Reason.COUNT);
      refused(() -> a.model().last(two), Reason.COUNT);
      refused(() -> batch.with(a, b).next(Tensors.of(new int[][] {{1}})), Reason.COUNT);
      refused(() -> batch.with(b, a).last(ragged(1, Decoder.CAPACITY - 2)), Reason.FULL);
      refused(() -> Batch.of(model).with(List.of(a, a, b)).last(ragged(1, 1, 1)), Reason.TWICE);
      assertThatThrownBy(() -> batch.with()).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> Batch.of(a.model())).isInstanceOf(IllegalArgumentException.class);
      Tensor outside = Tensors.ragged(new int[][] {{1, 2}, {4, VOCABULARY, 3}});
      assertThatThrownBy(() -> batch.with(a, b).last(outside))
          .isInstanceOf(IndexOutOfRangeException.class);
      assertThat(a.length()).isEqualTo(3);
      assertThat(b.length()).isEqualTo(1);
      // An entry that remembers nothing does not ask for sessions.
      batch.with(a, b).words(Tensors.of(new int[][] {{1}}));
      batch.with(a, b).last(ragged(Decoder.CAPACITY - 3, 1));
      assertThat(a.length()).isEqualTo(Decoder.CAPACITY);
    }
  }

  private static void refused(Runnable call, Reason reason) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            SessionException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  private static Tensor ragged(int... lengths) {
    int[][] ids = new int[lengths.length][];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = DecoderWeights.tokens(lengths[i], i);
    }
    return Tensors.ragged(ids);
  }

  @Test
  void stepsAllocateNothing() {
    LoadOptions options = LoadOptions.defaults().withWorkers(2).withReusedResults(true);
    try (Decoder model = Tilewright.load(Decoder.class, DecoderWeights.all(), options)) {
      List<Session<Decoder>> sessions = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        sessions.add(Session.open(model));
      }
      Batch<Decoder> batch = Batch.of(model);
      batch.with(sessions).last(ragged(3, 1, 4, 1, 5));
      // Others each time, but as many.
      List<List<Session<Decoder>>> present =
          List.of(sessions.subList(2, 5), sessions.subList(1, 4));
      Tensor tokens = ragged(1, 2, 1);
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long least = Long.MAX_VALUE;
      for (int round = 0; round < 2000; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 2; i++) {
          batch.with(present.get(i)).last(tokens);
        }
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        sessions.forEach(session -> session.truncate(1));
        if (round == 0) {
          least = Long.MAX_VALUE;
        }
      }
      assertThat(least).isZero();
      sessions.forEach(Session::close);
    }
  }
}
