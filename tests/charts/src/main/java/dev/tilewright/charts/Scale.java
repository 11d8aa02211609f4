package dev.tilewright.charts;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An axis.
 *
 * @param ticks values with a line, the first and last at the ends
 * @param logarithmic whether equal ratios are equally far apart
 */
record Scale(List<Double> ticks, boolean logarithmic) {
  /** From 0 in round steps to at least the value. */
  static Scale linear(double greatest) {
    double magnitude = Math.pow(10, Math.floor(Math.log10(greatest)));
    double step = magnitude;
    for (double part : new double[] {0.1, 0.2, 0.5, 1, 2}) {
      if (greatest / (part * magnitude) <= 6) {
        step = part * magnitude;
        break;
      }
    }
    List<Double> ticks = new ArrayList<>();
    for (int i = 0; ticks.isEmpty() || ticks.getLast() < greatest; i++) {
      ticks.add(i * step);
    }
    return new Scale(ticks, false);
  }

  /** From the power of the base below the least to the one above the greatest. */
  static Scale powers(double base, double least, double greatest) {
    List<Double> ticks = new ArrayList<>();
    double tick = Math.pow(base, Math.floor(Math.log(least) / Math.log(base) + 1e-9));
    ticks.add(tick);
    while (tick < greatest * (1 - 1e-9)) {
      tick *= base;
      ticks.add(tick);
    }
    return new Scale(ticks, true);
  }

  /** Where a value lies, from 0 to 1. */
  double place(double value) {
    double first = ticks.getFirst();
    double last = ticks.getLast();
    return logarithmic
        ? Math.log(value / first) / Math.log(last / first)
        : (value - first) / (last - first);
  }

  static String label(double value) {
    if (value >= 1000) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    String text =
        String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
  }
}
