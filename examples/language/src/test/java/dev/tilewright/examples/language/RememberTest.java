package dev.tilewright.examples.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.CompiledModel;
import dev.tilewright.Tensor;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.Session;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A text read in pieces gives, after each, what transformers gives for the text whole. */
final class RememberTest {
  private static final int[] PIECES = {7, 1, 1, 4, 1, 6};

  record Family<M extends CompiledModel>(
      String golden, Class<M> type, BiFunction<M, Tensor, Tensor> next) {
    void check(BiFunction<Class<M>, Weights, M> load) throws IOException {
      Golden expected = Golden.read(golden);
      int words = expected.logits().length / expected.ids().length;
      try (Weights weights = expected.weights();
          M model = load.apply(type, weights);
          Session<M> session = Session.open(model)) {
        int read = 0;
        for (int piece : PIECES) {
          int[] ids = Arrays.copyOfRange(expected.ids(), read, read + piece);
          Tensor logits = next.apply(session.model(), Tensors.of(new int[][] {ids}));
          read += piece;
          float[] found = HostTensor.of(logits).toFloats();
          assertThat(found).hasSize(words);
          for (int i = 0; i < words; i++) {
            assertThat((double) found[i])
                .as("%s after %s words, logit %s", golden, read, i)
                .isCloseTo(
                    expected.logits()[(read - 1) * words + i],
                    within(GoldenTest.MULTIPLE * expected.error()));
          }
        }
        assertThat(read).isEqualTo(expected.ids().length);
      }
    }
  }

  static Stream<Arguments> families() {
    return Stream.of(
            new Family<>("llama", TinyLlama.class, TinyLlama::next),
            new Family<>("qwen2", TinyQwen2.class, TinyQwen2::next),
            new Family<>("qwen3", TinyQwen3.class, TinyQwen3::next),
            new Family<>("gemma3", TinyGemma3.class, TinyGemma3::next),
            new Family<>("mixtral", TinyMixtral.class, TinyMixtral::next),
            new Family<>("gpt2", TinyGpt2.class, TinyGpt2::next))
        .map(family -> Arguments.of(Named.of(family.golden(), family)));
  }

  @Test
  void nearLayersTakeMemoryForTheirWindow() throws IOException {
    try (Weights weights = Golden.read("gemma3").weights();
        TinyGemma3 model = Tilewright.load(TinyGemma3.class, weights);
        Session<TinyGemma3> session = Session.open(model)) {
      int row = TinyGemma3.KEY_HEADS * TinyGemma3.HEAD * Float.BYTES;
      int near = lines((TinyGemma3.WINDOW + 512) * row);
      int far = lines(TinyGemma3.CONTEXT * row);
      assertThat(session.peakBytes()).isEqualTo(2 * (6L * near + far));
    }
  }

  /** Each state begins in a cache line of its own. */
  private static int lines(int bytes) {
    return (bytes + 63) / 64 * 64;
  }

  @ParameterizedTest
  @MethodSource("families")
  void compiled(Family<? extends CompiledModel> family) throws IOException {
    family.check(Tilewright::load);
  }

  @ParameterizedTest
  @MethodSource("families")
  void eager(Family<? extends CompiledModel> family) throws IOException {
    family.check(Tilewright::eager);
  }
}
