package dev.tilewright.charts;

import java.util.Locale;

/**
 * Writes a drawing in SVG that is readable on light and dark pages: the colours follow the reader's
 * preference.
 */
final class Svg {
  private static final String STYLE =
      """
      <style>
        text { font: 12px system-ui, sans-serif; fill: #24292f; }
        .title { font-size: 15px; font-weight: 600; }
        .small { font-size: 11px; fill: #57606a; }
        .tiny { font-size: 8.5px; }
        .grid { stroke: #d0d7de; stroke-width: 1; }
        .mark { stroke: #57606a; stroke-width: 1.5; stroke-dasharray: 4 3; fill: none; }
        .s0 { --c: #0969da; } .s1 { --c: #1a7f37; } .s2 { --c: #bf3989; }
        .s3 { --c: #9a6700; } .s4 { --c: #6e7781; } .s5 { --c: #cf222e; }
        .s6 { --c: #54aeff; } .s7 { --c: #8250df; } .s8 { --c: #2da44e; } .s9 { --c: #bc4c00; }
        .bar { fill: var(--c); }
        .line { stroke: var(--c); stroke-width: 2; fill: none; }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3; }
          .small { fill: #9198a1; }
          .grid { stroke: #30363d; }
          .mark { stroke: #9198a1; }
          .s0 { --c: #4493f8; } .s1 { --c: #3fb950; } .s2 { --c: #db61a2; }
          .s3 { --c: #d29922; } .s4 { --c: #9198a1; } .s5 { --c: #f85149; }
          .s6 { --c: #79c0ff; } .s7 { --c: #ab7df8; } .s8 { --c: #7ee787; } .s9 { --c: #f0883e; }
        }
      </style>
      """;

  private final StringBuilder body = new StringBuilder();
  private final int width;
  private final int height;
  private final String title;

  Svg(int width, int height, String title) {
    this.width = width;
    this.height = height;
    this.title = title;
    text(16, 24, "start", "title", title);
  }

  void text(double x, double y, String anchor, String style, String text) {
    add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">%s</text>",
        x, y, anchor, style, escape(text));
  }

  void line(double x1, double y1, double x2, double y2, String style) {
    add(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>",
        x1, y1, x2, y2, style);
  }

  /** A bar that tells its value when it is pointed at. */
  void bar(double x, double y, double wide, double high, int series, String hint) {
    add(
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"2\" class=\"bar s%d\">"
            + "<title>%s</title></rect>",
        x, y, wide, high, series, escape(hint));
  }

  void dot(double x, double y, int series, String hint) {
    add(
        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" class=\"bar s%d\"><title>%s</title></circle>",
        x, y, series, escape(hint));
  }

  void path(String points, int series) {
    add("<polyline points=\"%s\" class=\"line s%d\"/>", points, series);
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be the only use of its library
  private void add(String format, Object... arguments) {
    body.append("  ").append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
            + " role=\"img\" aria-label=\"%s\">\n%s%s</svg>\n",
        width,
        height,
        width,
        height,
        escape(title),
        STYLE.indent(2),
        body);
  }

  static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
