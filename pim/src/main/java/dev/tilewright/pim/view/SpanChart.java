package dev.tilewright.pim.view;

import java.util.List;

/**
 * What some units did when, for a {@link SpanPage}.
 *
 * @param name what is shown, with the chart's time
 * @param seconds where the last span ends
 */
public record SpanChart(String name, double seconds, List<Row> rows) {
  public SpanChart {
    rows = List.copyOf(rows);
  }

  /** One unit's spans, by beginning. */
  public record Row(String name, List<Span> spans) {
    public Row {
      spans = List.copyOf(spans);
    }
  }

  /**
   * One piece of work.
   *
   * @param from seconds
   * @param to seconds
   * @param name which gives its colour
   * @param hint that is shown besides when it is pointed at
   * @param light whether it is drawn lighter
   */
  public record Span(double from, double to, String name, String hint, boolean light) {}
}
