package dev.tilewright.runtime.eager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Operators;
import dev.tilewright.Tensor;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.Primitive.ReduceKind;
import dev.tilewright.op.TensorType;
import dev.tilewright.op.TensorTypeException;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.TooLargeException;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import org.junit.jupiter.api.Test;

/** Element by element: values, rounding, NaN, infinities, overflow. */
class EagerElementsTest {
  private static final float NAN = Float.NaN;
  private static final float INF = Float.POSITIVE_INFINITY;

  private static Tensor apply(Primitive primitive, Tensor... operands) {
    return EagerEvaluator.INSTANCE.apply(primitive, operands);
  }

  @Test
  void wrapsIntegersAround() {
    Tensor most = Tensors.of(Integer.MAX_VALUE, Integer.MIN_VALUE, -3);
    assertThat(most.plus(Tensors.of(1, -1, 1)).toInts())
        .containsExactly(Integer.MIN_VALUE, Integer.MAX_VALUE, -2);
    assertThat(most.minus(Tensors.of(-1, 1, 1)).toInts())
        .containsExactly(Integer.MIN_VALUE, Integer.MAX_VALUE, -4);
    assertThat(most.times(2f).toInts()).containsExactly(-2, 0, -6);
    assertThat(most.negate().toInts()).containsExactly(-Integer.MAX_VALUE, Integer.MIN_VALUE, 3);
    assertThat(most.abs().toInts()).containsExactly(Integer.MAX_VALUE, Integer.MIN_VALUE, 3);
    assertThat(most.sum(0).toInts()).containsExactly(-4);
    assertThat(Tensors.of(Integer.MAX_VALUE, 1).sum(0).toInts()).containsExactly(Integer.MIN_VALUE);
  }

  @Test
  void takesANaNAlong() {
    Tensor x = Tensors.of(NAN, 1, NAN);
    Tensor y = Tensors.of(1, NAN, NAN);
    assertThat(x.min(y).toFloats()).containsExactly(NAN, NAN, NAN);
    assertThat(x.max(y).toFloats()).containsExactly(NAN, NAN, NAN);
    assertThat(x.maxOver(0).toFloats()).containsExactly(NAN);
    assertThat(x.minOver(0).toFloats()).containsExactly(NAN);
    assertThat(x.sum(0).toFloats()).containsExactly(NAN);
    assertThat(
            x.lessThan(y)
                .or(x.atMost(y))
                .or(x.greaterThan(y))
                .or(x.atLeast(y))
                .or(x.equalTo(y))
                .toInts())
        .containsExactly(0, 0, 0);
    assertThat(x.notEqualTo(y).toInts()).containsExactly(1, 1, 1);
    assertThat(Operators.where(Tensors.bools(new long[] {3}, true, false, true), x, y).toFloats())
        .containsExactly(NAN, NAN, NAN);
  }

  @Test
  void foldsNothingToTheNeutralElement() {
    Tensor none = Tensors.zeros(DType.FLOAT32, 2, 0);
    assertThat(none.sum(1).toFloats()).containsExactly(0, 0);
    assertThat(none.maxOver(1).toFloats()).containsExactly(-INF, -INF);
    assertThat(none.minOver(1).toFloats()).containsExactly(INF, INF);
    Tensor noInts = Tensors.zeros(DType.INT32, 0);
    assertThat(apply(new Primitive.Reduce(ReduceKind.MAX, 0), noInts).toInts())
        .containsExactly(Integer.MIN_VALUE);
    assertThat(apply(new Primitive.Reduce(ReduceKind.MIN, 0), noInts).toInts())
        .containsExactly(Integer.MAX_VALUE);
    assertThat(none.matmul(Tensors.zeros(DType.FLOAT32, 0, 3)).toFloats())
        .containsExactly(0, 0, 0, 0, 0, 0);
  }

  @Test
  void knowsTheValuesOfFunctions() {
    assertThat(Operators.exp(Tensors.of(0, 1, -INF, INF, 100)).toFloats())
        .containsExactly(1, (float) Math.E, 0, INF, INF);
    assertThat(Operators.log(Tensors.of(1, 0, -1, INF)).toFloats())
        .containsExactly(0, -INF, NAN, INF);
    assertThat(Operators.sqrt(Tensors.of(4f, -1f)).toFloats()).containsExactly(2, NAN);
    assertThat(Operators.rsqrt(Tensors.of(4, 0, INF)).toFloats()).containsExactly(0.5f, INF, 0);
    assertThat(Operators.tanh(Tensors.of(0, INF, -INF)).toFloats()).containsExactly(0, 1, -1);
    assertThat(Operators.erf(Tensors.of(0, INF, 1)).toFloats()).containsExactly(0, 1, 0.8427008f);
    assertThat(Operators.floor(Tensors.of(-1.5f, 1.5f)).toFloats()).containsExactly(-2, 1);
    assertThat(Tensors.of(-2f, 2f, -2f, 0f).pow(Tensors.of(3, 0.5f, 0.5f, 0)).toFloats())
        .containsExactly(-8, (float) Math.sqrt(2), NAN, 1);
    assertThat(Tensors.of(1f, -1f, 0f).dividedBy(0f).toFloats()).containsExactly(INF, -INF, NAN);
    assertThat(Tensors.bools(new long[] {2}, true, false).not().toInts()).containsExactly(0, 1);
  }

  /** Arithmetic in double, rounded once, gives the float operation's own result. */
  @Property
  void roundsArithmeticOnce(@ForAll float x, @ForAll float y) {
    Tensor a = Tensors.of(x);
    Tensor b = Tensors.of(y);
    assertThat(a.plus(b).toFloats()).containsExactly(x + y);
    assertThat(a.minus(b).toFloats()).containsExactly(x - y);
    assertThat(a.times(b).toFloats()).containsExactly(x * y);
    assertThat(a.dividedBy(b).toFloats()).containsExactly(x / y);
    assertThat(Operators.sqrt(a).toFloats()).containsExactly((float) Math.sqrt(x));
  }

  @Property
  void keepsCompositesCloseToTheirFormulas(@ForAll @FloatRange(min = -30, max = 30) float x) {
    Tensor a = Tensors.of(x);
    double phi = 0.5 * (1 + ErrorFunction.erf(x / Math.sqrt(2)));
    assertThat(Operators.gelu(a).toFloats()[0])
        .isCloseTo((float) (x * phi), within(1e-6f + 2e-7f * Math.abs(x)));
    double sigmoid = 1 / (1 + Math.exp(-(double) x));
    assertThat(Operators.sigmoid(a).toFloats()[0]).isCloseTo((float) sigmoid, within(2e-7f));
    assertThat(Operators.silu(a).toFloats()[0])
        .isCloseTo((float) (x * sigmoid), within(4e-7f * Math.abs(x) + 1e-30f));
  }

  @Test
  void castsAsJavaDoes() {
    assertThat(Tensors.of(1.9f, -1.9f, NAN, INF, -1e20f).cast(DType.INT32).toInts())
        .containsExactly(1, -1, 0, Integer.MAX_VALUE, Integer.MIN_VALUE);
    assertThat(Tensors.of(0, -0f, NAN, 2).cast(DType.BOOL).toInts()).containsExactly(0, 0, 1, 1);
    assertThat(Tensors.of(16777217, -5).cast(DType.FLOAT32).toFloats())
        .containsExactly(16777216, -5);
    assertThat(Tensors.bools(new long[] {2}, true, false).cast(DType.FLOAT32).toFloats())
        .containsExactly(1, 0);
    assertThat(Tensors.bools(new long[] {2}, true, false).cast(DType.INT32).toInts())
        .containsExactly(1, 0);
  }

  @Test
  void countsAndMeasures() {
    assertThat(apply(new Primitive.Iota(List.of(Dim.of(2), Dim.of(3)), 1)).toInts())
        .containsExactly(0, 1, 2, 0, 1, 2);
    assertThat(apply(new Primitive.Iota(List.of(Dim.of(2), Dim.of(2)), 0)).toInts())
        .containsExactly(0, 0, 1, 1);
    assertThat(apply(new Primitive.Extent(Dim.of(7))).toInts()).containsExactly(7);
    assertThat(Tensors.of(1, 2, 4.5f).mean(0).toFloats()).containsExactly(2.5f);
  }

  @Test
  void sumsInDouble() {
    float[] values = new float[100_001];
    Arrays.fill(values, 1e-8f);
    values[0] = 1;
    assertThat(Tensors.of(values).sum(0).toFloats()[0]).isCloseTo(1.001f, within(1e-7f));
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(() -> Tensors.of(1f, 2f).plus(Tensors.of(1f, 2f, 3f)))
        .isInstanceOf(TensorTypeException.class)
        .hasMessageContainingAll("f32[2]", "f32[3]");
    assertThatThrownBy(() -> Tensors.of(1).plus(0.5f)).isInstanceOf(TensorTypeException.class);
    assertThatThrownBy(() -> Tensors.floats(new long[] {2, 2}, 1, 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("f32[2, 2]", "4", "3");
    assertThatThrownBy(() -> Tensors.of(new float[][] {{1}, {1, 2}}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("row 1 has 2");
    assertThatThrownBy(() -> HostTensor.wrap(TensorType.of(DType.INT32, 1), new float[1]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Tensors.zeros(DType.BOOL, -1))
        .isInstanceOf(IllegalArgumentException.class);
    Tensor wide = Tensors.zeros(DType.FLOAT32, 1);
    assertThatThrownBy(() -> wide.broadcastTo(Dim.of(1L << 20), Dim.of(1L << 20)))
        .isInstanceOf(TooLargeException.class);
    assertThatThrownBy(() -> wide.broadcastTo(Dim.of(1L << 40), Dim.of(1L << 40)))
        .isInstanceOf(TooLargeException.class);
    assertThatThrownBy(() -> Tensors.of(1).toFloats()).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> Tensors.of(1f).toInts()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void showsTypeAndFirstElements() {
    assertThat(Tensors.of(new float[][] {{1, 2}})).hasToString("f32[1, 2] {1.0, 2.0}");
    assertThat(Tensors.zeros(DType.BOOL, 9)).hasToString("bool[9] {" + "false, ".repeat(8) + "..}");
  }
}
