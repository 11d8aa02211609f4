package dev.tilewright.charts;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Groups of bars side by side.
 *
 * @param title what is shown
 * @param unit of the values
 * @param groups their names, from left to right
 * @param series their names, in the order of their colours
 * @param values by series and group; what is missing is left out
 * @param mark a value that a line is drawn at, such as 1 for ratios
 */
public record BarChart(
    String title,
    String unit,
    List<String> groups,
    List<String> series,
    Map<String, Map<String, Double>> values,
    double mark) {
  private static final int LEFT = 48;
  private static final int TOP = 78;
  private static final int HEIGHT = 230;
  private static final int GAP = 18;
  private static final int BAR = 22;
  private static final int CHARACTER = 7;

  /** The drawing. */
  public String svg() {
    int slot = Math.max(series.size() * BAR + GAP, label());
    int legend = (int) Math.ceil(Legend.width(series));
    int right = LEFT + Math.max(groups.size() * slot, legend);
    Svg svg = new Svg(right + 16, TOP + HEIGHT + 40, title);
    Scale scale = Scale.linear(Math.max(greatest(), mark));
    for (double tick : scale.ticks()) {
      double y = y(scale, tick);
      svg.line(LEFT, y, right, y, "grid");
      svg.text(LEFT - 8, y + 4, "end", "small", Scale.label(tick));
    }
    svg.text(16, TOP - 10, "start", "small", unit);
    for (int g = 0; g < groups.size(); g++) {
      double margin = (slot - series.size() * BAR) / 2.0;
      group(svg, scale, g, LEFT + margin + g * slot);
    }
    svg.line(LEFT, y(scale, mark), right, y(scale, mark), "mark");
    Legend.draw(svg, series, LEFT, 36);
    return svg.toString();
  }

  private void group(Svg svg, Scale scale, int number, double x) {
    String group = groups.get(number);
    IntStream.range(0, series.size())
        .forEach(
            s -> {
              Double value = values.getOrDefault(series.get(s), Map.of()).get(group);
              if (value != null) {
                double y = y(scale, value);
                String shown = Scale.label(value);
                String hint = group + ", " + series.get(s) + ": " + shown;
                svg.bar(x + s * BAR, y, BAR - 2, TOP + HEIGHT - y, s, hint);
                svg.text(x + s * BAR + (BAR - 2) / 2.0, y - 3, "middle", "tiny", shown);
              }
            });
    double middle = x + series.size() * BAR / 2.0;
    svg.text(middle, TOP + HEIGHT + 18, "middle", "label", group);
  }

  /** The width of the longest label. */
  private int label() {
    return 10 + groups.stream().mapToInt(group -> CHARACTER * group.length()).max().orElse(0);
  }

  private static double y(Scale scale, double value) {
    return TOP + HEIGHT * (1 - scale.place(value));
  }

  private double greatest() {
    return values.values().stream()
        .flatMap(row -> row.values().stream())
        .mapToDouble(Double::doubleValue)
        .max()
        .orElse(1);
  }
}
