package dev.tilewright.tests.pim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.CompiledModel;
import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.examples.language.SmolLm2;
import dev.tilewright.pim.controller.Arithmetic;
import dev.tilewright.pim.controller.Lane;
import dev.tilewright.runtime.Device;
import dev.tilewright.runtime.DeviceException;
import dev.tilewright.runtime.DeviceReport;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.IndexOutOfRangeException;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.ModelClosedException;
import dev.tilewright.runtime.Session;
import dev.tilewright.runtime.SessionException;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Models as they are declared, loaded for memory that computes. */
class PimDeviceTest {
  private static final LoadOptions PIM = LoadOptions.defaults().withDevice(Device.pim("pim-gpt"));
  private static final int TOKENS = 64;

  record Family<M extends CompiledModel>(
      Class<M> type, Supplier<Weights> weights, BiFunction<M, Tensor, Tensor> next) {
    M load() {
      return Tilewright.load(type, weights.get(), PIM);
    }

    float[] next(Session<M> session, int... ids) {
      return HostTensor.of(next.apply(session.model(), Tensors.of(new int[][] {ids}))).toFloats();
    }

    /**
     * The tokens of the eager model in bf16 are the device's, unless two of its logits are closer
     * than the devices' roundings can tell: each product of the banks rounds to bf16, where the
     * oracle keeps f32.
     */
    void greedy() {
      try (M oracle = Tilewright.eager(type, weights.get(), Precision.BFLOAT16);
          Session<M> expected = Session.open(oracle);
          M model = load();
          Session<M> found = Session.open(model)) {
        int[] ids = {3, 1, 4};
        int equal = 0;
        for (int i = 0; i < TOKENS; i++) {
          float[] exact = next(expected, ids);
          float[] logits = next(found, ids);
          double off = 0;
          double largest = 0;
          for (int w = 0; w < exact.length; w++) {
            off = Math.max(off, Math.abs(exact[w] - logits[w]));
            largest = Math.max(largest, Math.abs(exact[w]));
          }
          // Logits are sums of as many roundings as layers add to the residual, and their own.
          assertThat(off).as("token %s", i).isLessThan(0x1p-8 * 8 * largest);
          int token = likeliest(exact);
          if (likeliest(logits) == token) {
            equal++;
          } else {
            assertThat(exact[token] - exact[likeliest(logits)])
                .isLessThanOrEqualTo((float) (2 * off));
          }
          ids = new int[] {token};
        }
        assertThat(equal).isGreaterThanOrEqualTo(TOKENS - 2);
        assertThat(found.length()).isEqualTo(3 + TOKENS - 1);
      }
    }
  }

  private static int likeliest(float[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }

  static Stream<Arguments> families() {
    return Stream.of(
            new Family<>(SmallGpt2.class, RandomWeights::gpt2, SmallGpt2::next),
            new Family<>(SmallLlama.class, RandomWeights::llama, SmallLlama::next))
        .map(family -> Arguments.of(Named.of(family.type().getSimpleName(), family)));
  }

  @ParameterizedTest
  @MethodSource("families")
  void tokensAreThoseOfTheEagerModel(Family<? extends CompiledModel> family) {
    family.greedy();
  }

  @ParameterizedTest
  @MethodSource("families")
  void aTextInPiecesGivesTheBitsOfTheTextWhole(Family<? extends CompiledModel> family) {
    inPieces(family);
  }

  private static <M extends CompiledModel> void inPieces(Family<M> family) {
    try (M model = family.load();
        Session<M> whole = Session.open(model);
        Session<M> pieces = Session.open(model)) {
      float[] expected = family.next(whole, 1, 2, 3, 4, 5, 6, 7);
      family.next(pieces, 1, 2, 3);
      try (Session<M> fork = pieces.fork()) {
        family.next(fork, 60, 61);
        fork.truncate(3);
        family.next(fork, 4);
        assertThat(family.next(fork, 5, 6, 7)).containsExactly(expected);
      }
      assertThat(family.next(pieces, 4, 5, 6, 7)).containsExactly(expected);
    }
  }

  private static float bf16(float value) {
    int bits = Float.floatToIntBits(value);
    return Float.intBitsToFloat((bits + 0x7fff + (bits >>> 16 & 1)) & 0xffff0000);
  }

  private static float gelu(float t) {
    Lane lane = new Lane(Arithmetic.FP32);
    float cube = lane.multiply(lane.multiply(lane.multiply(t, t), t), 0.044715f);
    float u = lane.multiply(lane.add(t, cube), (float) Math.sqrt(2 / Math.PI));
    float tanh = lane.add(1, -lane.multiply(2, lane.sigmoidOfNegative(lane.multiply(2, u))));
    return lane.multiply(lane.multiply(t, 0.5f), lane.add(tanh, 1));
  }

  @Test
  void productAndFunctionAreTheWrittenArithmeticBitForBit() {
    RandomWeights random = new RandomWeights().linear("up", Activation.OUT, Activation.IN, true);
    float[] w = random.weights().find("up.weight").orElseThrow().toFloats();
    float[] bias = random.weights().find("up.bias").orElseThrow().toFloats();
    float[] x = new float[2 * Activation.IN];
    Random values = new Random(5);
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) values.nextGaussian();
    }
    try (Activation model = Tilewright.load(Activation.class, random.weights(), PIM)) {
      float[] y = model.activate(Tensors.floats(new long[] {2, Activation.IN}, x)).toFloats();
      for (int i = 0; i < y.length; i++) {
        int row = i / Activation.OUT * Activation.IN;
        int out = i % Activation.OUT;
        float sum = 0;
        for (int from = 0; from < Activation.IN; from += 1024) {
          float accumulator = 0;
          for (int k = from; k < Math.min(Activation.IN, from + 1024); k += 16) {
            float[] p = new float[16];
            for (int lane = 0; lane < 16; lane++) {
              p[lane] = bf16(w[out * Activation.IN + k + lane]) * bf16(x[row + k + lane]);
            }
            for (int live = 8; live > 0; live /= 2) {
              for (int lane = 0; lane < live; lane++) {
                p[lane] = p[2 * lane] + p[2 * lane + 1];
              }
            }
            accumulator += p[0];
          }
          sum += bf16(accumulator);
        }
        assertThat(y[i]).as("element %s", i).isEqualTo(gelu(sum + bias[out]));
      }
      DeviceReport report = Device.report(model);
      assertThat(report.device()).isEqualTo("pim-gpt");
      assertThat(report.cycles()).isPositive();
      assertThat(report.joules()).isPositive();
      assertThat(report.parts())
          .last()
          .satisfies(part -> assertThat(part.place()).isEqualTo("memory+controller"))
          .satisfies(part -> assertThat(part.where()).contains("Activation.java"));
      assertThat(model.describe()).contains("bfloat16, pim-gpt: 8 channels");
      assertThat(model).hasToString("Activation (pim)");
    }
  }

  @Test
  void theSameDeclarationCompilesForProcessorsAndForMemory() {
    assertThat(
            List.of(SmallGpt2_Native.SCHEMAS, SmallLlama_Native.SCHEMAS, Activation_Native.SCHEMAS))
        .allSatisfy(schemas -> assertThat(schemas).hasSize(3));
    assertThat(SmallGpt2_Native.SCHEMAS)
        .containsExactlyInAnyOrder(
            "META-INF/tilewright/linux-x86_64/dev.tilewright.tests.pim.SmallGpt2-avx512-bfloat16.tw",
            "META-INF/tilewright/linux-aarch64/dev.tilewright.tests.pim.SmallGpt2-neon-bfloat16.tw",
            "META-INF/tilewright/any/dev.tilewright.tests.pim.SmallGpt2-pim-bfloat16.tw");
  }

  @Test
  void misuseIsNamed() {
    try (SmallGpt2 model = Tilewright.load(SmallGpt2.class, RandomWeights.gpt2(), PIM)) {
      assertThatThrownBy(() -> Device.report(model))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("SmallGpt2 was not called yet");
      assertThatThrownBy(() -> model.next(Tensors.of(new int[][] {{1}})))
          .isInstanceOf(SessionException.class)
          .hasMessageContaining("call it on a session");
      Session<SmallGpt2> session = Session.open(model);
      assertThatThrownBy(() -> session.model().next(Tensors.of(new int[][] {{64}})))
          .isInstanceOf(IndexOutOfRangeException.class)
          .hasMessageContaining("index 64 is outside the table");
      assertThat(session.length()).isZero();
      session.model().next(Tensors.of(new int[][] {new int[80]}));
      assertThatThrownBy(() -> session.model().next(Tensors.of(new int[][] {{1}})))
          .isInstanceOf(SessionException.class)
          .hasMessageContaining("holds 80 of at most 80 rows");
    }
    SmallGpt2 closed = Tilewright.load(SmallGpt2.class, RandomWeights.gpt2(), PIM);
    closed.close();
    assertThatThrownBy(() -> Session.open(closed)).isInstanceOf(ModelClosedException.class);
    assertThatThrownBy(
            () ->
                Tilewright.load(
                    SmallGpt2.class,
                    RandomWeights.gpt2(),
                    LoadOptions.defaults().withDevice(new Device("abacus", "small"))))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("put tilewright-target-abacus beside tilewright-runtime");
    assertThatThrownBy(() -> Tilewright.load(SmolLm2.class, RandomWeights.gpt2(), PIM))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("SmolLm2 was not compiled for devices: name the target pim");
    assertThatThrownBy(
            () ->
                Tilewright.load(
                    SmallGpt2.class, RandomWeights.gpt2(), PIM.withPrecision(Precision.INT8)))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining(
            "was not compiled for the target pim in int8, only for pim in bfloat16");
  }
}
