package dev.tilewright.pim.controller;

/**
 * The controller of PIM-GPT: lanes that add and multiply, one operation a cycle each.
 *
 * @param arithmetic the type of every operation
 * @param hertz the clock
 * @param lanes how many
 */
public record Controller(Arithmetic arithmetic, double hertz, int lanes) implements VectorUnit {
  private static final float GELU_LINEAR = (float) (-2 * Math.sqrt(2 / Math.PI));
  private static final float GELU_CUBIC = (float) (-2 * Math.sqrt(2 / Math.PI) * 0.044715);

  public Controller {
    if (!(hertz > 0) || lanes < 1) {
      throw new IllegalArgumentException(
          "a controller of %s Hz with %d lanes: both are positive".formatted(hertz, lanes));
    }
  }

  @Override
  public float[] softmax(float[] x, float scale) {
    return softmax(new Lane(arithmetic), x, scale);
  }

  float[] softmax(Lane lane, float[] x, float scale) {
    float max = Float.NEGATIVE_INFINITY;
    for (float value : x) {
      max = lane.max(max, value);
    }
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = lane.exp(lane.multiply(lane.add(x[i], -max), scale));
    }
    float inverse = lane.reciprocal(sum(lane, y));
    for (int i = 0; i < x.length; i++) {
      y[i] = lane.multiply(y[i], inverse);
    }
    return y;
  }

  @Override
  public float[] layerNorm(float[] x, float[] gain, float[] bias, float eps) {
    return layerNorm(new Lane(arithmetic), x, gain, bias, eps);
  }

  float[] layerNorm(Lane lane, float[] x, float[] gain, float[] bias, float eps) {
    float share = arithmetic.round(1f / x.length);
    float mean = lane.multiply(sum(lane, x), share);
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = lane.add(x[i], -mean);
    }
    float variance = lane.multiply(sumOfSquares(lane, y), share);
    float inverse = lane.inverseRoot(lane.add(variance, eps));
    for (int i = 0; i < x.length; i++) {
      y[i] = lane.add(lane.multiply(lane.multiply(y[i], inverse), gain[i]), bias[i]);
    }
    return y;
  }

  @Override
  public float[] rmsNorm(float[] x, float[] gain, float eps) {
    return rmsNorm(new Lane(arithmetic), x, gain, eps);
  }

  float[] rmsNorm(Lane lane, float[] x, float[] gain, float eps) {
    float square = lane.multiply(sumOfSquares(lane, x), arithmetic.round(1f / x.length));
    float inverse = lane.inverseRoot(lane.add(square, eps));
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = lane.multiply(lane.multiply(x[i], inverse), gain[i]);
    }
    return y;
  }

  @Override
  public float[] gelu(float[] x) {
    return gelu(new Lane(arithmetic), x);
  }

  float[] gelu(Lane lane, float[] x) {
    float linear = arithmetic.round(GELU_LINEAR);
    float cubic = arithmetic.round(GELU_CUBIC);
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      float factor = lane.add(lane.multiply(cubic, lane.multiply(x[i], x[i])), linear);
      y[i] = lane.multiply(x[i], lane.sigmoidOfNegative(lane.multiply(x[i], factor)));
    }
    return y;
  }

  @Override
  public float[] silu(float[] x) {
    return silu(new Lane(arithmetic), x);
  }

  float[] silu(Lane lane, float[] x) {
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = lane.multiply(x[i], lane.sigmoidOfNegative(-x[i]));
    }
    return y;
  }

  @Override
  public float[] rotary(float[] x, int head, float[] cos, float[] sin, boolean neighbours) {
    return rotary(new Lane(arithmetic), x, head, cos, sin, neighbours);
  }

  float[] rotary(Lane lane, float[] x, int head, float[] cos, float[] sin, boolean neighbours) {
    float[] y = x.clone();
    RotaryPairs pairs = new RotaryPairs(x.length, head, cos.length, neighbours);
    pairs.forEach(
        (a, b, i) -> {
          float c = arithmetic.round(cos[i]);
          float s = arithmetic.round(sin[i]);
          y[a] = lane.add(lane.multiply(x[a], c), -lane.multiply(x[b], s));
          y[b] = lane.add(lane.multiply(x[b], c), lane.multiply(x[a], s));
        });
    return y;
  }

  @Override
  public float[] multiply(float[] a, float[] b) {
    return multiply(new Lane(arithmetic), a, b);
  }

  float[] multiply(Lane lane, float[] a, float[] b) {
    float[] y = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      y[i] = lane.multiply(a[i], b[i]);
    }
    return y;
  }

  @Override
  public float[] add(float[] a, float[] b) {
    return add(new Lane(arithmetic), a, b);
  }

  float[] add(Lane lane, float[] a, float[] b) {
    float[] y = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      y[i] = lane.add(a[i], b[i]);
    }
    return y;
  }

  /**
   * The sum of a vector: one sum a lane, then the tree.
   *
   * @param lane that the additions are counted on
   */
  public float sum(Lane lane, float[] x) {
    float[] sums = new float[lanes];
    for (int i = 0; i < x.length; i++) {
      sums[i % lanes] = lane.add(sums[i % lanes], x[i]);
    }
    return tree(lane, sums);
  }

  private float sumOfSquares(Lane lane, float[] x) {
    float[] sums = new float[lanes];
    for (int i = 0; i < x.length; i++) {
      sums[i % lanes] = lane.add(sums[i % lanes], lane.multiply(x[i], x[i]));
    }
    return tree(lane, sums);
  }

  private static float tree(Lane lane, float[] sums) {
    for (int live = sums.length; live > 1; live = (live + 1) / 2) {
      for (int i = (live + 1) / 2; i < live; i++) {
        sums[i - (live + 1) / 2] = lane.add(sums[i - (live + 1) / 2], sums[i]);
      }
    }
    return sums[0];
  }

  /**
   * Cycles that a function of {@code n} elements takes: the elements spread over the lanes, a sum
   * ends in a tree of {@code ceil(log2 lanes)} steps, what there is once takes one lane.
   */
  public long cycles(VectorFunction function, int n) {
    int reciprocal = Lane.reciprocalOperations(arithmetic);
    int root = Lane.inverseRootOperations(arithmetic);
    int sigmoid = Lane.sigmoidOperations(arithmetic);
    int tree = Integer.SIZE - Integer.numberOfLeadingZeros(lanes - 1);
    long turns = (n + (long) lanes - 1) / lanes;
    return switch (function) {
      case SOFTMAX -> turns * (5 + Lane.EXP_OPERATIONS) + 2L * tree + reciprocal;
      case LAYER_NORM -> turns * 7 + 2L * tree + 3 + root;
      case RMS_NORM -> turns * 4 + tree + 2 + root;
      case GELU -> turns * (5 + sigmoid);
      case SILU -> turns * (1 + sigmoid);
      case ROTARY -> turns * 3;
      case MULTIPLY, ADD -> turns;
    };
  }

  @Override
  public double seconds(VectorFunction function, int n) {
    return cycles(function, n) / hertz;
  }
}
