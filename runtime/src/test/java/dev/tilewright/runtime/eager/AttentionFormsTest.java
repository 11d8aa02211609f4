package dev.tilewright.runtime.eager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.AttentionOptions;
import dev.tilewright.Operators;
import dev.tilewright.Rotary;
import dev.tilewright.Tensor;
import dev.tilewright.op.TensorTypeException;
import dev.tilewright.runtime.Tensors;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Forms of attention and of positions against plain loops over elements, in binary64. */
class AttentionFormsTest {
  private static final int TOKENS = 7;
  private static final int WIDTH = 4;

  private final Random random = new Random(9);

  private float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @ParameterizedTest
  @CsvSource({
    "4, 2, false, 99, 0, false",
    "6, 1, true, 99, 0, false",
    "3, 3, false, 2, 0, true",
    "4, 2, true, 3, 1.5, true",
    "12, 4, false, 0, 0.5, true",
  })
  void attends(int heads, int keyHeads, boolean causal, int window, float cap, boolean sloped) {
    float[] q = floats(TOKENS * heads * WIDTH);
    float[] k = floats(TOKENS * keyHeads * WIDTH);
    float[] v = floats(TOKENS * keyHeads * WIDTH);
    Tensor query = Tensors.of(q).reshape(1, TOKENS, (long) heads * WIDTH);
    Tensor key = Tensors.of(k).reshape(1, TOKENS, (long) keyHeads * WIDTH);
    Tensor value = Tensors.of(v).reshape(1, TOKENS, (long) keyHeads * WIDTH);
    AttentionOptions options =
        AttentionOptions.heads(heads).keyHeads(keyHeads).causal(causal).window(window);
    if (cap != 0) {
      options = options.softCap(cap);
    }
    if (sloped) {
      options = options.bias(Operators.alibi(query, key, heads));
    }
    float[] got = Operators.attention(query, key, value, options).toFloats();
    for (int h = 0; h < heads; h++) {
      int group = h / (heads / keyHeads);
      for (int i = 0; i < TOKENS; i++) {
        double[] sum = new double[WIDTH];
        double all = 0;
        for (int j = 0; j < TOKENS; j++) {
          double score = 0;
          for (int e = 0; e < WIDTH; e++) {
            score += (double) at(q, i, heads, h, e) * at(k, j, keyHeads, group, e);
          }
          score /= Math.sqrt(WIDTH);
          score = cap == 0 ? score : cap * Math.tanh(score / cap);
          score -= sloped ? slope(h, heads) * Math.abs(i - j) : 0;
          boolean seen = Math.abs(i - j) <= window && (!causal || j <= i);
          double weight = seen ? Math.exp(score) : 0;
          all += weight;
          for (int e = 0; e < WIDTH; e++) {
            sum[e] += weight * at(v, j, keyHeads, group, e);
          }
        }
        for (int e = 0; e < WIDTH; e++) {
          assertThat(at(got, i, heads, h, e)).isCloseTo((float) (sum[e] / all), within(2e-6f));
        }
      }
    }
  }

  private static float at(float[] x, int token, int heads, int head, int element) {
    return x[(token * heads + head) * WIDTH + element];
  }

  /** As in the paper's own code: a geometric series, then every other term of the finer one. */
  private static double slope(int head, int heads) {
    int n = Integer.highestOneBit(heads);
    return head < n
        ? Math.pow(2, -8.0 * (head + 1) / n)
        : Math.pow(2, -4.0 * (2 * (head - n) + 1) / n);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 8, 8, false, 10000, 1",
    "2, 8, 8, true, 10000, 1",
    "3, 10, 6, false, 100, 0.25",
    "3, 10, 4, true, 1000000, 2",
  })
  void turns(int heads, int head, int width, boolean interleaved, double base, double scale) {
    int[] positions = {0, 1, 5, 100, 8191};
    int tokens = positions.length;
    float[] x = floats(tokens * heads * head);
    float[] factors = new float[width / 2];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = 1 + random.nextFloat();
    }
    Rotary how =
        Rotary.heads(heads)
            .width(width)
            .interleaved(interleaved)
            .base(base)
            .scale(scale)
            .factors(Tensors.of(factors));
    float[] got =
        Operators.rotary(
                Tensors.of(x).reshape(1, tokens, (long) heads * head), Tensors.of(positions), how)
            .toFloats();
    for (int row = 0; row < tokens * heads; row++) {
      double[] expected = new double[head];
      for (int e = 0; e < head; e++) {
        expected[e] = x[row * head + e];
      }
      for (int pair = 0; pair < width / 2; pair++) {
        double angle =
            positions[row / heads] * scale * Math.pow(base, -2.0 * pair / width) / factors[pair];
        int a = interleaved ? 2 * pair : pair;
        int b = interleaved ? 2 * pair + 1 : pair + width / 2;
        double first = expected[a];
        double second = expected[b];
        expected[a] = first * Math.cos(angle) - second * Math.sin(angle);
        expected[b] = second * Math.cos(angle) + first * Math.sin(angle);
      }
      // Angles are floats: at position p they are right to about p * 2^-22.
      float tolerance = 1e-6f + positions[row / heads] * 0x1p-20f;
      for (int e = 0; e < head; e++) {
        assertThat(got[row * head + e]).isCloseTo((float) expected[e], within(tolerance));
      }
    }
  }

  @Test
  void refuses() {
    Tensor x = Tensors.of(new float[12]).reshape(1, 1, 12);
    Tensor at = Tensors.of(new int[1]);
    assertThatThrownBy(() -> Operators.rotary(x, at, Rotary.heads(5)))
        .isInstanceOf(TensorTypeException.class)
        .hasMessageContaining("5 heads do not divide the width of f32[1, 1, 12]");
    assertThatThrownBy(() -> Operators.rotary(x, at, Rotary.heads(4)))
        .isInstanceOf(TensorTypeException.class)
        .hasMessageContaining("3 elements of heads of 3 cannot be turned");
    assertThatThrownBy(() -> Operators.rotary(at, at, Rotary.heads(4)))
        .isInstanceOf(TensorTypeException.class)
        .hasMessageContaining("rotary takes [batch, tokens, width]");
    assertThatThrownBy(() -> Operators.attention(x, x, x, AttentionOptions.heads(4).keyHeads(3)))
        .isInstanceOf(TensorTypeException.class)
        .hasMessageContaining("3 heads of keys do not divide 4 heads of queries");
    assertThatThrownBy(() -> Operators.alibi(x, x, 0))
        .isInstanceOf(TensorTypeException.class)
        .hasMessageContaining("at least one head");
  }
}
