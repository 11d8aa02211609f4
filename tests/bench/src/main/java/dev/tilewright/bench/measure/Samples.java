package dev.tilewright.bench.measure;

import java.util.Arrays;

/** Measured values, such as the milliseconds of single calls. */
public final class Samples {
  private double[] values = new double[64];
  private int count;

  public void add(double value) {
    if (count == values.length) {
      values = Arrays.copyOf(values, 2 * count);
    }
    values[count++] = value;
  }

  public int count() {
    return count;
  }

  public double median() {
    return quantile(0.5);
  }

  /** The value that such a share of all lies below. */
  public double quantile(double share) {
    if (count == 0) {
      throw new IllegalStateException("nothing was measured");
    }
    double[] sorted = Arrays.copyOf(values, count);
    Arrays.sort(sorted);
    return sorted[(int) Math.min(count - 1, Math.floor(share * count))];
  }
}
