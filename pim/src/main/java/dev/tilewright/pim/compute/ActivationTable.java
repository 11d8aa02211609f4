package dev.tilewright.pim.compute;

import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * An activation function as the device has it: {@link #SEGMENTS} straight lines from {@link #FROM}
 * to {@link #TO}, between values that are bf16. Within segment {@code i} of width {@code w} the
 * result is {@code y[i] + (x - x[i]) / w * (y[i+1] - y[i])}, each operation rounded to f32. Below
 * the range and above it {@link Beyond} tells; NaN stays NaN.
 */
public final class ActivationTable {
  /** Straight lines. */
  public static final int SEGMENTS = 1024;

  /** Where the table begins. */
  public static final float FROM = -8;

  /** Where it ends. */
  public static final float TO = 8;

  private static final float WIDTH = (TO - FROM) / SEGMENTS;

  /** The device's functions by number: sigmoid, tanh, GELU (exact form), SiLU. */
  public static final List<ActivationTable> TABLES =
      List.of(
          new ActivationTable(x -> 1 / (1 + Math.exp(-x)), Beyond.ZERO_ONE),
          new ActivationTable(Math::tanh, Beyond.SIGN),
          new ActivationTable(x -> x * normal(x), Beyond.ZERO_SELF),
          new ActivationTable(x -> x / (1 + Math.exp(-x)), Beyond.ZERO_SELF));

  /** Results outside the range. */
  enum Beyond {
    /** 0 below, 1 above. */
    ZERO_ONE,
    /** -1 below, 1 above. */
    SIGN,
    /** 0 below, x above. */
    ZERO_SELF
  }

  private final float[] values = new float[SEGMENTS + 1];
  private final Beyond beyond;

  private ActivationTable(DoubleUnaryOperator function, Beyond beyond) {
    this.beyond = beyond;
    for (int i = 0; i <= SEGMENTS; i++) {
      double value = function.applyAsDouble(FROM + i * (double) WIDTH);
      values[i] = Bf16.widen(Bf16.round((float) value));
    }
  }

  /** The table's value. */
  public float apply(float x) {
    if (Float.isNaN(x)) {
      return x;
    }
    if (x < FROM) {
      return beyond == Beyond.SIGN ? -1 : 0;
    }
    if (x >= TO) {
      return beyond == Beyond.ZERO_SELF ? x : 1;
    }
    float place = (x - FROM) / WIDTH;
    int i = Math.min((int) place, SEGMENTS - 1);
    return values[i] + (place - i) * (values[i + 1] - values[i]);
  }

  /** Phi(x), by the series of the error function: only the table's values need it. */
  private static double normal(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; n < 400; n++) {
      term *= x * x / (2 * n + 1);
      sum += term;
    }
    return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }
}
