package dev.tilewright.examples.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.Tensor;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.Session;
import dev.tilewright.runtime.SessionException;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.BiFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An encoder's source is read once into a session, and its answer told token by token. */
final class AnswerTest {
  private Golden golden;

  @BeforeEach
  void read() throws IOException {
    golden = Golden.read("t5");
  }

  @Test
  void compiledGivesWhatTransformersGives() {
    check(Tilewright::load);
  }

  @Test
  void eagerGivesWhatTransformersGives() {
    check(Tilewright::eager);
  }

  private void check(BiFunction<Class<TinyT5>, Weights, TinyT5> load) {
    try (Weights weights = golden.weights();
        TinyT5 model = load.apply(TinyT5.class, weights)) {
      for (int first = 1; first <= golden.target().length; first++) {
        try (Session<TinyT5> session = Session.open(model)) {
          expect(answer(session, first), first);
          for (int told = first; told < golden.target().length; told++) {
            expect(next(session, told, told + 1), told + 1);
          }
          assertThat(session.length()).isEqualTo(golden.ids().length + golden.target().length);
        }
      }
    }
  }

  private void expect(float[] found, int told) {
    int words = golden.logits().length / golden.target().length;
    assertThat(found).hasSize(words);
    for (int i = 0; i < words; i++) {
      assertThat((double) found[i])
          .as("after %s words, logit %s", told, i)
          .isCloseTo(
              golden.logits()[(told - 1) * words + i],
              within(GoldenTest.MULTIPLE * golden.error()));
    }
  }

  @Test
  void piecesHaveTheBitsOfTheWholeAnswer() {
    try (Weights weights = golden.weights();
        TinyT5 model = Tilewright.load(TinyT5.class, weights);
        Session<TinyT5> session = Session.open(model)) {
      int width = TinyT5.HEADS * TinyT5.HEAD;
      assertThat(session.peakBytes())
          .isEqualTo(TinyT5.LAYERS * 2L * TinyT5.CONTEXT * width * Float.BYTES);
      int count = golden.target().length;
      Tensor all = model.decode(golden.targetTokens(), model.encode(golden.tokens()));
      float[] logits = HostTensor.of(all).toFloats();
      int words = logits.length / count;
      float[] found = answer(session, 1);
      for (int told = 1; ; told++) {
        assertThat(found)
            .as("after %s words", told)
            .isEqualTo(Arrays.copyOfRange(logits, (told - 1) * words, told * words));
        if (told == count) {
          return;
        }
        found = next(session, told, told + 1);
      }
    }
  }

  @Test
  void answersForkAndAreTakenBack() throws IOException {
    try (Weights weights = golden.weights();
        TinyT5 model = Tilewright.load(TinyT5.class, weights);
        Session<TinyT5> session = Session.open(model);
        Session<TinyT5> restored = Session.open(model)) {
      answer(session, 2);
      float[] expected = next(session, 2, 5);
      session.truncate(golden.ids().length);
      ByteArrayOutputStream saved = new ByteArrayOutputStream();
      session.save(saved);
      restored.restore(new ByteArrayInputStream(saved.toByteArray()));
      try (Session<TinyT5> fork = session.fork()) {
        next(session, 3, 4);
        assertThat(next(fork, 0, 5)).isEqualTo(expected);
        assertThat(next(restored, 0, 5)).isEqualTo(expected);
      }
    }
  }

  @Test
  void sourcesAndAnswersThatDoNotFitAreRefused() {
    try (Weights weights = golden.weights();
        TinyT5 model = Tilewright.load(TinyT5.class, weights);
        Session<TinyT5> session = Session.open(model)) {
      Tensor longer = Tensors.of(new int[][] {new int[TinyT5.CONTEXT]});
      Tensor start = Tensors.of(new int[][] {{0}});
      assertThatThrownBy(() -> session.model().answer(longer, start))
          .isInstanceOf(SessionException.class);
      answer(session, 1);
      assertThat(session.length()).isEqualTo(golden.ids().length + 1);
    }
  }

  private float[] answer(Session<TinyT5> session, int count) {
    return HostTensor.of(session.model().answer(golden.tokens(), target(0, count))).toFloats();
  }

  private float[] next(Session<TinyT5> session, int from, int to) {
    return HostTensor.of(session.model().next(golden.tokens(), target(from, to))).toFloats();
  }

  private Tensor target(int from, int to) {
    return Tensors.of(new int[][] {Arrays.copyOfRange(golden.target(), from, to)});
  }
}
