package dev.tilewright.pim.controller;

/**
 * The functions in binary64 with the library's exponentials, each result rounded once: what a host
 * processor computes, and what the controller's accuracy is stated against.
 *
 * @param elementsPerSecond at which it goes through a vector, whatever the function
 */
public record Host(double elementsPerSecond) implements VectorUnit {

  @Override
  public float[] softmax(float[] x, float scale) {
    float max = Float.NEGATIVE_INFINITY;
    for (float value : x) {
      max = Math.max(max, value);
    }
    double[] e = new double[x.length];
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      e[i] = Math.exp(scale * ((double) x[i] - max));
      sum += e[i];
    }
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (float) (e[i] / sum);
    }
    return y;
  }

  @Override
  public float[] layerNorm(float[] x, float[] gain, float[] bias, float eps) {
    double mean = 0;
    for (float value : x) {
      mean += value;
    }
    mean /= x.length;
    double variance = 0;
    for (float value : x) {
      variance += (value - mean) * (value - mean);
    }
    double root = Math.sqrt(variance / x.length + eps);
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (float) ((x[i] - mean) / root * gain[i] + bias[i]);
    }
    return y;
  }

  @Override
  public float[] rmsNorm(float[] x, float[] gain, float eps) {
    double squares = 0;
    for (float value : x) {
      squares += (double) value * value;
    }
    double root = Math.sqrt(squares / x.length + eps);
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (float) (x[i] / root * gain[i]);
    }
    return y;
  }

  @Override
  public float[] gelu(float[] x) {
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      double v = x[i];
      double u = Math.sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v);
      y[i] = (float) (v / (1 + Math.exp(-2 * u)));
    }
    return y;
  }

  @Override
  public float[] silu(float[] x) {
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (float) (x[i] / (1 + Math.exp(-(double) x[i])));
    }
    return y;
  }

  @Override
  public float[] rotary(float[] x, int head, float[] cos, float[] sin, boolean neighbours) {
    float[] y = x.clone();
    RotaryPairs pairs = new RotaryPairs(x.length, head, cos.length, neighbours);
    pairs.forEach(
        (a, b, i) -> {
          y[a] = (float) ((double) x[a] * cos[i] - (double) x[b] * sin[i]);
          y[b] = (float) ((double) x[b] * cos[i] + (double) x[a] * sin[i]);
        });
    return y;
  }

  @Override
  public float[] multiply(float[] a, float[] b) {
    float[] y = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      y[i] = a[i] * b[i];
    }
    return y;
  }

  @Override
  public float[] add(float[] a, float[] b) {
    float[] y = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      y[i] = a[i] + b[i];
    }
    return y;
  }

  @Override
  public double seconds(VectorFunction function, int n) {
    return n / elementsPerSecond;
  }
}
