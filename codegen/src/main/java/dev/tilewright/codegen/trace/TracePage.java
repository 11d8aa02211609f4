package dev.tilewright.codegen.trace;

import dev.tilewright.codegen.Trace.Decision;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One page without outside parts: a column a stage, places in the source linked wherever they are
 * named.
 */
final class TracePage {
  private static final Pattern PLACE =
      Pattern.compile("([A-Za-z_$][\\w$]*\\.java):(\\d+)(?::\\d+)?");
  private static final List<String> STAGES = List.of("lower", "fuse", "tile", "emit");

  private TracePage() {}

  /**
   * @param tileExtras further tabs of the tiles' column, by name
   */
  static String render(
      String title,
      Map<String, String> sources,
      List<TraceFolder.Pass> passes,
      List<Decision> decisions,
      Map<String, String> tileExtras) {
    StringBuilder columns = new StringBuilder();
    columns.append(column("Source", sourceTabs(sources), 0));
    for (String stage : STAGES) {
      Map<String, String> tabs = new LinkedHashMap<>();
      for (TraceFolder.Pass pass : passes) {
        if (pass.stage().equals(stage)) {
          tabs.put(pass.name(), "<pre>" + linked(pass.text()) + "</pre>");
        }
      }
      // Of fusion, people want to see what came out of it; of the others, what they start from.
      int first = stage.equals("fuse") ? tabs.size() - 1 : 0;
      if (stage.equals("fuse") && !decisions.isEmpty()) {
        tabs.put("why", decisionTable(decisions));
      }
      if (stage.equals("tile")) {
        tabs.putAll(tileExtras);
      }
      if (!tabs.isEmpty()) {
        columns.append(column(heading(stage), tabs, first));
      }
    }
    return template().replace("@TITLE@", escape(title)).replace("@COLUMNS@", columns);
  }

  private static String heading(String stage) {
    return switch (stage) {
      case "lower" -> "Graph";
      case "fuse" -> "Fused regions";
      case "tile" -> "Tiles";
      default -> "Code";
    };
  }

  private static Map<String, String> sourceTabs(Map<String, String> sources) {
    Map<String, String> tabs = new LinkedHashMap<>();
    sources.forEach(
        (file, text) -> {
          StringBuilder lines = new StringBuilder("<pre>");
          int number = 0;
          for (String line : text.lines().toList()) {
            number++;
            lines.append(
                "<span class=\"line\" data-place=\"%s:%d\"><i>%4d</i>  %s</span>\n"
                    .formatted(escape(file), number, number, escape(line)));
          }
          tabs.put(file, lines.append("</pre>").toString());
        });
    return tabs;
  }

  private static String column(String heading, Map<String, String> tabs, int first) {
    StringBuilder html =
        new StringBuilder("<section><h2>").append(escape(heading)).append("</h2><nav>");
    List<String> bodies = new ArrayList<>();
    tabs.forEach(
        (name, body) -> {
          html.append(bodies.size() == first ? "<button data-first>" : "<button>")
              .append(escape(name))
              .append("</button>");
          bodies.add("<div class=\"tab\">" + body + "</div>");
        });
    return html.append("</nav>").append(String.join("", bodies)).append("</section>\n").toString();
  }

  private static String decisionTable(List<Decision> decisions) {
    StringBuilder html = new StringBuilder("<table>");
    for (Decision decision : decisions) {
      html.append(
          "<tr class=\"%s\"><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>"
              .formatted(
                  decision.applied() ? "done" : "refused",
                  decision.applied() ? "done" : "refused",
                  escape(decision.rule()),
                  linked(decision.origin().toString()),
                  escape(decision.why())));
    }
    return html.append("</table>").toString();
  }

  /** Escaped text in which every place in a source file is a link. */
  static String linked(String text) {
    Matcher places = PLACE.matcher(escape(text));
    return places.replaceAll(
        match ->
            Matcher.quoteReplacement(
                "<a data-place=\"%s:%s\">%s</a>"
                    .formatted(match.group(1), match.group(2), match.group())));
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static String template() {
    try (InputStream stream = TracePage.class.getResourceAsStream("trace.html")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
