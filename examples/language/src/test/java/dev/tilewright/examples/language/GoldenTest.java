package dev.tilewright.examples.language;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.CompiledModel;
import dev.tilewright.Operators;
import dev.tilewright.Rotary;
import dev.tilewright.Tensor;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Small models of each family beside transformers in binary64. Single precision rounds as often
 * here as in transformers, in another order and with other approximations, so results may be off by
 * a small multiple of what transformers' own single precision is.
 */
final class GoldenTest {
  static final double MULTIPLE = 4;

  interface Prediction<M extends CompiledModel> {
    Tensor of(M model, Golden golden);
  }

  record Family<M extends CompiledModel>(String golden, Class<M> type, Prediction<M> prediction) {
    double[] run(BiFunction<Class<M>, Weights, M> load, Golden golden) {
      try (Weights weights = golden.weights();
          M model = load.apply(type, weights)) {
        float[] logits = HostTensor.of(prediction.of(model, golden)).toFloats();
        double[] wide = new double[logits.length];
        for (int i = 0; i < wide.length; i++) {
          wide[i] = logits[i];
        }
        return wide;
      }
    }
  }

  static Stream<Arguments> families() {
    return Stream.of(
            new Family<>("llama", TinyLlama.class, (m, golden) -> m.logits(golden.tokens())),
            new Family<>("qwen2", TinyQwen2.class, (m, golden) -> m.logits(golden.tokens())),
            new Family<>("qwen3", TinyQwen3.class, (m, golden) -> m.logits(golden.tokens())),
            new Family<>("gemma3", TinyGemma3.class, (m, golden) -> m.logits(golden.tokens())),
            new Family<>("mixtral", TinyMixtral.class, (m, golden) -> m.logits(golden.tokens())),
            new Family<>("gpt2", TinyGpt2.class, (m, golden) -> m.logits(golden.tokens())),
            new Family<>(
                "t5",
                TinyT5.class,
                (m, golden) -> m.decode(golden.targetTokens(), m.encode(golden.tokens()))))
        .map(family -> Arguments.of(Named.of(family.golden(), family)));
  }

  @ParameterizedTest
  @MethodSource("families")
  void compiled(Family<? extends CompiledModel> family) throws IOException {
    compare(family, Tilewright::load);
  }

  @ParameterizedTest
  @MethodSource("families")
  void eager(Family<? extends CompiledModel> family) throws IOException {
    compare(family, Tilewright::eager);
  }

  private static <M extends CompiledModel> void compare(
      Family<M> family, BiFunction<Class<M>, Weights, M> load) throws IOException {
    Golden golden = Golden.read(family.golden());
    double[] logits = family.run(load, golden);
    assertThat(logits).hasSameSizeAs(golden.logits());
    double worst = 0;
    for (int i = 0; i < logits.length; i++) {
      worst = Math.max(worst, Math.abs(logits[i] - golden.logits()[i]));
    }
    assertThat(worst / golden.error())
        .as("%s is off by %s, single precision in transformers by 1 of", family.golden(), worst)
        .isLessThanOrEqualTo(MULTIPLE);
  }

  @Test
  void bucketsOfDistances() throws IOException {
    byte[] expected;
    try (InputStream in = Golden.class.getResourceAsStream("buckets.golden")) {
      expected = Objects.requireNonNull(in).readAllBytes();
    }
    int[] keys = new int[401];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = i;
    }
    for (boolean bothWays : new boolean[] {false, true}) {
      Tensor buckets =
          Operators.relativeBuckets(Tensors.of(200), Tensors.of(keys), 32, 128, bothWays);
      int[] found = HostTensor.of(buckets).toInts();
      for (int i = 0; i < keys.length; i++) {
        assertThat(found[i])
            .as("from 200 to %s", i)
            .isEqualTo(expected[i + (bothWays ? keys.length : 0)]);
      }
    }
  }

  /** Pairs (1, 0) turned at one place have the cosines and sines of their frequencies' angles. */
  @Test
  void stretchedFrequencies() throws IOException {
    int pairs = 32;
    int place = 50;
    float[] ones = new float[2 * pairs];
    Arrays.fill(ones, 0, pairs, 1);
    Rotary plain = Rotary.heads(1).base(500_000);
    try (DataInputStream in =
        new DataInputStream(
            Objects.requireNonNull(Golden.class.getResourceAsStream("stretched.golden")))) {
      for (Rotary how : List.of(plain.llama3(8, 1, 4, 8192), plain.yarn(4, 2 * pairs, 8192))) {
        Tensor x = Tensors.floats(new long[] {1, 1, 2L * pairs}, ones);
        float[] turned = HostTensor.of(Operators.rotary(x, Tensors.of(place), how)).toFloats();
        double[] frequencies = new double[pairs];
        for (int i = 0; i < pairs; i++) {
          frequencies[i] = in.readDouble();
        }
        double gain = in.readDouble();
        for (int i = 0; i < pairs; i++) {
          double angle = place * frequencies[i];
          // Single precision in the angle, of which frequency and product are rounded here and
          // there.
          Offset<Double> near = Offset.offset(8 * (1 + angle) * Math.ulp(1f));
          assertThat((double) turned[i]).as("pair %s", i).isCloseTo(gain * Math.cos(angle), near);
          assertThat((double) turned[pairs + i])
              .as("pair %s", i)
              .isCloseTo(gain * Math.sin(angle), near);
        }
      }
    }
  }
}
