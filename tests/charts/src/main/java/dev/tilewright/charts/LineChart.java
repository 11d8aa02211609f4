package dev.tilewright.charts;

import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * Lines over two logarithmic axes.
 *
 * @param title what is shown
 * @param across what the horizontal axis counts
 * @param up what the vertical axis counts
 * @param lines points by series
 */
public record LineChart(
    String title, String across, String up, Map<String, SortedMap<Double, Double>> lines) {
  private static final int LEFT = 72;
  private static final int TOP = 78;
  private static final int WIDTH = 480;
  private static final int HEIGHT = 260;

  /** The drawing. */
  public String svg() {
    Svg svg = new Svg(LEFT + WIDTH + 24, TOP + HEIGHT + 52, title);
    Scale x = Scale.powers(2, least(true), greatest(true));
    Scale y = Scale.powers(10, least(false), greatest(false));
    for (double tick : y.ticks()) {
      double at = TOP + HEIGHT * (1 - y.place(tick));
      svg.line(LEFT, at, LEFT + WIDTH, at, "grid");
      svg.text(LEFT - 8, at + 4, "end", "small", Scale.label(tick));
    }
    for (double tick : x.ticks()) {
      double at = LEFT + WIDTH * x.place(tick);
      svg.text(at, TOP + HEIGHT + 18, "middle", "small", Scale.label(tick));
    }
    svg.text(16, TOP - 10, "start", "small", up);
    svg.text(LEFT + WIDTH / 2.0, TOP + HEIGHT + 40, "middle", "small", across);
    List<String> names = List.copyOf(lines.keySet());
    for (int s = 0; s < names.size(); s++) {
      draw(svg, s, names.get(s), x, y);
    }
    Legend.draw(svg, names, LEFT, 36);
    return svg.toString();
  }

  private void draw(Svg svg, int series, String name, Scale x, Scale y) {
    SortedMap<Double, Double> points = lines.get(name);
    svg.path(
        points.entrySet().stream()
            .map(
                p ->
                    String.format(
                        Locale.ROOT,
                        "%.1f,%.1f",
                        LEFT + WIDTH * x.place(p.getKey()),
                        TOP + HEIGHT * (1 - y.place(p.getValue()))))
            .collect(Collectors.joining(" ")),
        series);
    points.forEach(
        (at, value) ->
            svg.dot(
                LEFT + WIDTH * x.place(at),
                TOP + HEIGHT * (1 - y.place(value)),
                series,
                name + ", " + Scale.label(at) + ": " + Scale.label(value)));
  }

  private double least(boolean horizontal) {
    return bounds(horizontal).getMin();
  }

  private double greatest(boolean horizontal) {
    return bounds(horizontal).getMax();
  }

  private DoubleSummaryStatistics bounds(boolean horizontal) {
    return lines.values().stream()
        .flatMap(line -> line.entrySet().stream())
        .mapToDouble(point -> horizontal ? point.getKey() : point.getValue())
        .summaryStatistics();
  }
}
