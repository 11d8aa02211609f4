package dev.tilewright.pim.controller;

import static dev.tilewright.pim.controller.Arithmetic.BF16;
import static dev.tilewright.pim.controller.Arithmetic.FP32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Accuracy against binary64 over the whole range, and cost against counted operations. */
class ControllerTest {
  private static final Host EXACT = new Host(1e9);

  @FunctionalInterface
  private interface Scalar {
    float at(Lane lane, float x);
  }

  private static double relativeError(
      Arithmetic arithmetic, double from, double to, Scalar f, DoubleUnaryOperator exact) {
    Lane lane = new Lane(arithmetic);
    double worst = 0;
    for (int i = 0; i <= 400_000; i++) {
      float x = arithmetic.round((float) (from + (to - from) * i / 400_000));
      double wanted = exact.applyAsDouble(x);
      worst = Math.max(worst, Math.abs(f.at(lane, x) - wanted) / Math.abs(wanted));
    }
    return worst;
  }

  @Test
  void exponentials() {
    assertThat(relativeError(FP32, -86.9, 88, Lane::exp, Math::exp)).isBetween(1e-6, 4e-6);
    assertThat(relativeError(BF16, -1, 1, Lane::exp, Math::exp)).isLessThan(0.012);
    // the argument's reduction in bf16 costs |x| 2^-8, so it is the absolute error that stays small
    Lane lane = new Lane(BF16);
    for (float x = -86.9f; x <= 0; x += 0.001f) {
      float argument = BF16.round(x);
      assertThat(Math.abs(lane.exp(argument) - Math.exp(argument))).isLessThan(0.006);
    }
  }

  @Test
  void exponentialsAtTheEnds() {
    Lane lane = new Lane(FP32);
    assertThat(lane.exp(0)).isEqualTo(1);
    assertThat(lane.exp(-88)).isZero();
    assertThat(lane.exp(Float.NEGATIVE_INFINITY)).isZero();
    assertThat(lane.exp(1000)).isEqualTo(lane.exp(88)).isFinite();
    assertThat(lane.exp(Float.NaN)).isNaN();
  }

  /** One period of the mantissa and the ends of the exponent: the rest is scaling by two. */
  @Test
  void reciprocals() {
    for (float scale : new float[] {1, -1, 0x1p-120f, 0x1p120f}) {
      Scalar scaled = (lane, x) -> lane.reciprocal(x * scale) * scale;
      assertThat(relativeError(FP32, 0.5, 2, scaled, x -> 1 / x)).isLessThan(2e-7);
      assertThat(relativeError(BF16, 0.5, 2, scaled, x -> 1 / x)).isLessThan(0.006);
    }
    Lane lane = new Lane(FP32);
    assertThat(lane.reciprocal(0f)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(lane.reciprocal(-0f)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(lane.reciprocal(Float.POSITIVE_INFINITY)).isZero();
    assertThat(lane.reciprocal(Float.NaN)).isNaN();
  }

  @Test
  void inverseRoots() {
    for (float scale : new float[] {1, 0x1p-60f, 0x1p60f}) {
      Scalar scaled = (lane, x) -> lane.inverseRoot(x * scale * scale) * scale;
      assertThat(relativeError(FP32, 0.5, 4, scaled, x -> 1 / Math.sqrt(x))).isLessThan(4e-7);
      assertThat(relativeError(BF16, 0.5, 4, scaled, x -> 1 / Math.sqrt(x))).isLessThan(0.012);
    }
  }

  @ParameterizedTest
  @CsvSource({"FP32, 3e-6", "BF16, 0.03"})
  void gatesStayWithinTheirBound(Arithmetic arithmetic, double bound) {
    Controller controller = new Controller(arithmetic, 1e9, 128);
    float[] x = new float[200_001];
    for (int i = 0; i < x.length; i++) {
      x[i] = arithmetic.round((i - 100_000) / 5_000f);
    }
    assertThat(worst(controller.gelu(x), EXACT.gelu(x))).isLessThan(bound);
    assertThat(worst(controller.silu(x), EXACT.silu(x))).isLessThan(bound);
  }

  @ParameterizedTest
  @CsvSource({"FP32, 5e-6", "BF16, 0.05"})
  void vectorsStayWithinTheirBound(Arithmetic arithmetic, double bound) {
    Controller controller = new Controller(arithmetic, 1e9, 128);
    Random random = new Random(1);
    for (int n : new int[] {1, 7, 128, 768, 1024, 2048}) {
      float[] x = gaussian(random, n, arithmetic, 3);
      float[] gain = gaussian(random, n, arithmetic, 1);
      float[] bias = gaussian(random, n, arithmetic, 1);
      float[] p = controller.softmax(x, 0.125f);
      float[] exact = EXACT.softmax(x, 0.125f);
      for (int i = 0; i < n; i++) {
        assertThat(Math.abs(p[i] - exact[i])).isLessThan((float) (bound * exact[i]));
      }
      if (n > 1) {
        assertThat(
                worst(
                    controller.layerNorm(x, gain, bias, 1e-5f),
                    EXACT.layerNorm(x, gain, bias, 1e-5f)))
            .isLessThan(2 * bound);
      }
      assertThat(worst(controller.rmsNorm(x, gain, 1e-5f), EXACT.rmsNorm(x, gain, 1e-5f)))
          .isLessThan(2 * bound);
    }
  }

  /** Turning keeps a pair's length, and its angle grows by the table's. */
  @ParameterizedTest
  @CsvSource({"FP32, false, 4e-7", "FP32, true, 4e-7", "BF16, false, 0.03", "BF16, true, 0.03"})
  void rotaryTurnsPairs(Arithmetic arithmetic, boolean neighbours, double bound) {
    int head = 10;
    int pairs = 4;
    float[] cos = new float[pairs];
    float[] sin = new float[pairs];
    for (int i = 0; i < pairs; i++) {
      cos[i] = (float) Math.cos(i - 1.3);
      sin[i] = (float) Math.sin(i - 1.3);
    }
    float[] x = gaussian(new Random(5), 3 * head, arithmetic, 1);
    float[] y = new Controller(arithmetic, 1e9, 8).rotary(x, head, cos, sin, neighbours);
    float[] exact = EXACT.rotary(x, head, cos, sin, neighbours);
    for (int h = 0; h < 3; h++) {
      for (int i = 0; i < pairs; i++) {
        int a = h * head + (neighbours ? 2 * i : i);
        int b = h * head + (neighbours ? 2 * i + 1 : i + pairs);
        double angle = Math.atan2(x[b], x[a]) + i - 1.3;
        double length = Math.hypot(x[a], x[b]);
        assertThat((double) exact[a]).isCloseTo(length * Math.cos(angle), within(1e-6));
        assertThat((double) exact[b]).isCloseTo(length * Math.sin(angle), within(1e-6));
      }
      for (int i = 2 * pairs; i < head; i++) {
        assertThat(y[h * head + i]).isEqualTo(x[h * head + i]);
        assertThat(exact[h * head + i]).isEqualTo(x[h * head + i]);
      }
    }
    assertThat(worst(y, exact)).isLessThan(bound);
    assertThatThrownBy(() -> EXACT.rotary(x, 7, cos, sin, neighbours))
        .hasMessageContaining("heads of 7 elements in a vector of 30");
    assertThatThrownBy(() -> EXACT.rotary(x, 6, cos, sin, neighbours))
        .hasMessageContaining("turn 4 pairs");
  }

  @Test
  void productsRoundOnce() {
    float[] a = {1 + 0x1p-7f, -3, Float.POSITIVE_INFINITY};
    float[] b = {1 + 0x1p-7f, 0.5f, 0};
    assertThat(new Controller(FP32, 1e9, 2).multiply(a, b)).isEqualTo(EXACT.multiply(a, b));
    assertThat(new Controller(BF16, 1e9, 2).multiply(a, b))
        .containsExactly(1 + 0x1p-6f, -1.5f, Float.NaN);
  }

  /** The largest difference, relative to the value where that is above one. */
  private static double worst(float[] is, float[] exact) {
    double worst = 0;
    for (int i = 0; i < is.length; i++) {
      worst = Math.max(worst, Math.abs(is[i] - exact[i]) / Math.max(1, Math.abs(exact[i])));
    }
    return worst;
  }

  private static float[] gaussian(Random random, int n, Arithmetic arithmetic, float deviation) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = arithmetic.round((float) random.nextGaussian() * deviation);
    }
    return x;
  }

  @ParameterizedTest
  @EnumSource(Arithmetic.class)
  void aSingleLanesCyclesAreTheOperationsThatItDid(Arithmetic arithmetic) {
    Controller controller = new Controller(arithmetic, 1e9, 1);
    int n = 97;
    float[] x = gaussian(new Random(2), n, arithmetic, 1);
    assertCounted(controller, VectorFunction.SOFTMAX, n, l -> controller.softmax(l, x, 1));
    assertCounted(
        controller, VectorFunction.LAYER_NORM, n, l -> controller.layerNorm(l, x, x, x, 1));
    assertCounted(controller, VectorFunction.RMS_NORM, n, l -> controller.rmsNorm(l, x, x, 1));
    assertCounted(controller, VectorFunction.GELU, n, l -> controller.gelu(l, x));
    assertCounted(controller, VectorFunction.SILU, n, l -> controller.silu(l, x));
    float[] halves = new float[48];
    assertCounted(
        controller,
        VectorFunction.ROTARY,
        96,
        l ->
            controller.rotary(
                l, gaussian(new Random(3), 96, arithmetic, 1), 96, halves, halves, true));
    assertCounted(controller, VectorFunction.MULTIPLY, n, l -> controller.multiply(l, x, x));
    assertCounted(controller, VectorFunction.ADD, n, l -> controller.add(l, x, x));
  }

  private static void assertCounted(
      Controller controller, VectorFunction function, int n, Function<Lane, float[]> run) {
    Lane lane = new Lane(controller.arithmetic());
    assertThat(run.apply(lane)).hasSize(n);
    assertThat(controller.cycles(function, n)).as("%s", function).isEqualTo(lane.operations());
  }

  @Test
  void theClockScalesSecondsAndLanesShareElements() {
    Controller fast = new Controller(FP32, 1e9, 128);
    Controller slow = new Controller(FP32, 1e8, 128);
    for (VectorFunction function : VectorFunction.values()) {
      assertThat(slow.seconds(function, 1024))
          .isCloseTo(10 * fast.seconds(function, 1024), within(1e-15));
    }
    assertThat(fast.cycles(VectorFunction.SOFTMAX, 1024)).isEqualTo(8 * 24 + 14 + 16);
    assertThat(fast.cycles(VectorFunction.LAYER_NORM, 1024)).isEqualTo(8 * 7 + 14 + 3 + 15);
    assertThatThrownBy(() -> new Controller(FP32, 0, 128)).hasMessageContaining("positive");
  }

  @Test
  void roundingToBf16IsToNearestEven() {
    assertThat(BF16.round(1 + 0x1p-8f)).isEqualTo(1);
    assertThat(BF16.round(1 + 3 * 0x1p-8f)).isEqualTo(1 + 0x1p-6f);
    assertThat(BF16.round(Float.MAX_VALUE)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(BF16.round(Float.NaN)).isNaN();
    assertThat(BF16.round(-0x1p-133f)).isEqualTo(-0x1p-133f);
  }
}
