package dev.tilewright.tests.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.runtime.IndexOutOfRangeException;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.ModelClosedException;
import dev.tilewright.runtime.Session;
import dev.tilewright.runtime.SessionException;
import dev.tilewright.runtime.SessionException.Reason;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a session remembers is what one call over all tokens would have seen, bit for bit. */
class SessionTest {
  private static final int COUNT = 60;
  private static final int[] TOKENS = DecoderWeights.tokens(COUNT, 7);

  private static Decoder load(Precision precision, int workers) {
    return Tilewright.load(
        Decoder.class,
        DecoderWeights.all(),
        LoadOptions.defaults().withPrecision(precision).withWorkers(workers));
  }

  private static float[] next(Session<Decoder> session, int from, int to) {
    return session.model().next(ids(Arrays.copyOfRange(TOKENS, from, to))).toFloats();
  }

  private static Tensor ids(int... tokens) {
    return Tensors.of(new int[][] {tokens});
  }

  /** The scores of the tokens from one to another of a call over all. */
  private static float[] part(float[] all, int from, int to) {
    return Arrays.copyOfRange(all, from * Decoder.VOCABULARY, to * Decoder.VOCABULARY);
  }

  @ParameterizedTest
  @EnumSource(names = "BFLOAT16_WEIGHTS", mode = EnumSource.Mode.EXCLUDE)
  void anyStepsGiveTheBitsOfOneCall(Precision precision) {
    Random random = new Random(11);
    float[] expected;
    try (Decoder model = load(precision, 1);
        Session<Decoder> session = Session.open(model)) {
      expected = next(session, 0, COUNT);
    }
    for (int workers = 1; workers <= 3; workers++) {
      try (Decoder model = load(precision, workers)) {
        for (int round = 0; round < 10; round++) {
          try (Session<Decoder> session = Session.open(model)) {
            int at = 0;
            while (at < COUNT) {
              int step =
                  Math.min(COUNT - at, round == 0 ? 1 : 1 + random.nextInt(1 << (round % 6)));
              assertThat(next(session, at, at + step)).isEqualTo(part(expected, at, at + step));
              at += step;
              assertThat(session.length()).isEqualTo(at);
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16", "INT8_WEIGHTS", "INT8_BLOCKS"})
  void compiledAndEagerRememberTheSame(Precision precision) {
    boolean rounds = precision == Precision.BFLOAT16 || precision == Precision.INT8_BLOCKS;
    try (Decoder exact = Tilewright.eager(Decoder.class, DecoderWeights.all());
        Session<Decoder> unrounded = Session.open(exact);
        Decoder eager = Tilewright.eager(Decoder.class, DecoderWeights.all(), precision);
        Session<Decoder> plain = Session.open(eager);
        Decoder model = load(precision, 2);
        Session<Decoder> session = Session.open(model)) {
      for (int at = 0; at < COUNT; at += 12) {
        float[] scores = next(session, at, at + 12);
        float[] expected = next(plain, at, at + 12);
        // Operands that are rounded on the way are rounded otherwise where their own last bits
        // differ: at worst as two that are rounded independently, sqrt(2) times as far from one
        // another as each is from the exact result.
        double rounding = rounds ? distance(expected, next(unrounded, at, at + 12)) : 0;
        assertThat(distance(scores, expected)).isLessThan(1e-5 + 1.5 * rounding);
      }
    }
  }

  /** The root of the mean square of differences. */
  private static double distance(float[] some, float[] others) {
    assertThat(some).hasSameSizeAs(others);
    double squares = 0;
    for (int i = 0; i < some.length; i++) {
      squares += Math.pow(some[i] - others[i], 2);
    }
    return Math.sqrt(squares / some.length);
  }

  @Test
  void sessionsForkAndForget() {
    try (Decoder model = load(Precision.FLOAT32, 2);
        Decoder eager = Tilewright.eager(Decoder.class, DecoderWeights.all())) {
      for (Decoder any : List.of(model, eager)) {
        Random random = new Random(3);
        float[] all;
        try (Session<Decoder> session = Session.open(any)) {
          all = next(session, 0, COUNT);
        }
        List<Session<Decoder>> sessions = new ArrayList<>(List.of(Session.open(any)));
        for (int round = 0; round < 60; round++) {
          Session<Decoder> session = sessions.get(random.nextInt(sessions.size()));
          int length = (int) session.length();
          switch (random.nextInt(3)) {
            case 0 -> session.truncate(random.nextInt(length + 1));
            case 1 -> sessions.add(session.fork());
            default -> {
              int end = Math.min(COUNT, length + 1 + random.nextInt(9));
              if (end > length) {
                assertThat(next(session, length, end)).isEqualTo(part(all, length, end));
              }
            }
          }
        }
        sessions.forEach(Session::close);
      }
    }
  }

  @Test
  void aSavedSessionGoesOnInAnother() throws IOException {
    try (Decoder model = load(Precision.BFLOAT16, 2);
        Session<Decoder> session = Session.open(model);
        Session<Decoder> other = Session.open(model)) {
      float[] all = next(session, 0, COUNT);
      session.truncate(23);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      session.save(bytes);
      next(other, 5, 9);
      other.restore(new ByteArrayInputStream(bytes.toByteArray()));
      assertThat(other.length()).isEqualTo(23);
      assertThat(next(other, 23, COUNT)).isEqualTo(part(all, 23, COUNT));
    }
  }

  @Test
  void damagedOrForeignSessionsAreRefused() throws IOException {
    try (Decoder model = load(Precision.BFLOAT16, 1);
        Decoder wide = load(Precision.FLOAT32, 1);
        Session<Decoder> session = Session.open(model);
        Session<Decoder> foreign = Session.open(wide)) {
      next(session, 0, 9);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      session.save(out);
      byte[] bytes = out.toByteArray();
      refuse(foreign, bytes, "it was saved by a session of");
      Random random = new Random(1);
      for (int i = 0; i < 500; i++) {
        byte[] damaged =
            random.nextBoolean()
                ? Arrays.copyOf(bytes, random.nextInt(bytes.length))
                : bytes.clone();
        if (damaged.length == bytes.length) {
          damaged[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        refuse(session, damaged, "cannot be restored");
        assertThat(session.length()).isEqualTo(9);
      }
      session.restore(new ByteArrayInputStream(bytes));
    }
  }

  private static void refuse(Session<Decoder> session, byte[] bytes, String why) {
    assertThatThrownBy(() -> session.restore(new ByteArrayInputStream(bytes)))
        .isInstanceOfSatisfying(
            SessionException.class, e -> assertThat(e.reason()).isEqualTo(Reason.FOREIGN))
        .hasMessageContaining(why);
  }

  @Test
  void failuresChangeNothing() {
    try (Decoder model = load(Precision.FLOAT32, 2);
        Decoder eager = Tilewright.eager(Decoder.class, DecoderWeights.all())) {
      for (Decoder any : List.of(model, eager)) {
        try (Session<Decoder> session = Session.open(any);
            Session<Decoder> whole = Session.open(any)) {
          float[] all = next(whole, 0, COUNT);
          next(session, 0, 20);
          assertThatThrownBy(() -> session.model().next(ids(3, 50)))
              .isInstanceOf(IndexOutOfRangeException.class);
          refuses(
              Reason.FULL,
              "holds 20 of at most 64 rows, and 45 more do not fit",
              () -> {
                session.model().next(ids(new int[45]));
              });
          refuses(Reason.FULL, "", () -> session.model().next(ids(new int[65])));
          refuses(Reason.LENGTH, "cannot be cut to 21", () -> session.truncate(21));
          refuses(Reason.LENGTH, "cannot be cut to -1", () -> session.truncate(-1));
          refuses(Reason.NONE, "call it on a session", () -> any.next(ids(1)));
          assertThat(any.words(ids(1, 2)).toFloats())
              .isEqualTo(session.model().words(ids(1, 2)).toFloats());
          assertThat(session.length()).isEqualTo(20);
          assertThat(next(session, 20, COUNT)).isEqualTo(part(all, 20, COUNT));
          session.model().close();
          refuses(Reason.CLOSED, "was closed", () -> session.model().next(ids(1)));
          refuses(Reason.CLOSED, "was closed", () -> session.truncate(0));
        }
      }
    }
  }

  private static void refuses(Reason reason, String message, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            SessionException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(message);
  }

  @Test
  void aClosedModelEndsItsSessions() {
    Decoder model = load(Precision.FLOAT32, 1);
    Session<Decoder> session = Session.open(model);
    next(session, 0, 3);
    model.close();
    assertThatThrownBy(() -> next(session, 3, 4)).isInstanceOf(ModelClosedException.class);
    assertThatThrownBy(() -> Session.open(model)).isInstanceOf(ModelClosedException.class);
    session.close();
    session.close();
  }

  /** After a token of each kind, a call takes nothing from the Java heap. */
  @Test
  void tokensAllocateNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Decoder model =
            Tilewright.load(
                Decoder.class,
                DecoderWeights.all(),
                LoadOptions.defaults().withWorkers(2).withReusedResults(true));
        Session<Decoder> session = Session.open(model)) {
      Tensor token = ids(4);
      Decoder bound = session.model();
      for (int i = 0; i < 20_000; i++) {
        bound.next(token);
        session.truncate(i % 30);
      }
      session.truncate(0);
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 60; i++) {
        bound.next(token);
      }
      long bytes = threads.getCurrentThreadAllocatedBytes() - before;
      assertThat(bytes).isLessThan(60);
    }
  }
}
