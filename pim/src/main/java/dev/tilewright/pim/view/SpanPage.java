package dev.tilewright.pim.view;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collector;
import java.util.stream.Collectors;

/**
 * Writes charts, one below the other on one clock, with the breakdown of each, as an HTML page that
 * needs nothing else.
 */
public final class SpanPage {
  private SpanPage() {}

  /**
   * The page.
   *
   * @param title what stands above
   * @param note a sentence below
   */
  public static String of(String title, String note, List<SpanChart> charts) {
    try (InputStream file = SpanPage.class.getResourceAsStream("spans.html")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .replace("%TITLE%", escape(title))
          .replace("%NOTE%", escape(note))
          .replace("%DATA%", charts.stream().map(SpanPage::chart).collect(list()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }

  private static Collector<CharSequence, ?, String> list() {
    return Collectors.joining(",", "[", "]");
  }

  private static String chart(SpanChart chart) {
    return "{\"name\":%s,\"seconds\":%s,\"rows\":%s}"
        .formatted(
            quote(chart.name()),
            number(chart.seconds()),
            chart.rows().stream().map(SpanPage::row).collect(list()));
  }

  private static String row(SpanChart.Row row) {
    return "{\"name\":%s,\"spans\":%s}"
        .formatted(quote(row.name()), row.spans().stream().map(SpanPage::span).collect(list()));
  }

  private static String span(SpanChart.Span span) {
    return "[%s,%s,%s,%s,%d]"
        .formatted(
            number(span.from()),
            number(span.to()),
            quote(span.name()),
            quote(span.hint()),
            span.light() ? 1 : 0);
  }

  private static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("</", "<\\/") + '"';
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.9f", value);
  }
}
