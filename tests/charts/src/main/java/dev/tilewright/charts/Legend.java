package dev.tilewright.charts;

import java.util.List;

/** The names of series beside their colours. */
final class Legend {
  private static final double CHARACTER = 6.8;

  private Legend() {}

  /** How wide it is. */
  static double width(List<String> series) {
    return series.stream().mapToDouble(Legend::width).sum();
  }

  private static double width(String series) {
    return 34 + CHARACTER * series.length();
  }

  static void draw(Svg svg, List<String> series, double x, double y) {
    double at = x;
    for (int s = 0; s < series.size(); s++) {
      svg.bar(at, y, 11, 11, s, series.get(s));
      svg.text(at + 16, y + 10, "start", "label", series.get(s));
      at += width(series.get(s));
    }
  }
}
