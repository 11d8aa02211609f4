package dev.tilewright.codegen.trace;

import dev.tilewright.codegen.Trace.Choice;
import dev.tilewright.codegen.Trace.Estimate;
import dev.tilewright.schema.Profile;
import dev.tilewright.schema.Profile.KernelTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What each kernel is expected to cost and, if an earlier run was profiled, what it took: a bar for
 * either share, so that a kernel the cost model misjudges stands out.
 */
final class CostTable {
  /** What symbolic extents are taken to be where no run says. */
  private static final long TYPICAL = 64;

  private static final int BAR = 90;

  /** Room for a number behind a bar. */
  private static final int NUMBER = 50;

  private final List<Estimate> estimates;
  private final Optional<Profile> profile;
  private final StringBuilder html = new StringBuilder();

  private CostTable(List<Estimate> estimates, Optional<Profile> profile) {
    this.estimates = estimates;
    this.profile = profile;
  }

  static String render(List<Estimate> estimates, List<Choice> choices, Optional<Profile> profile) {
    CostTable table = new CostTable(estimates, profile);
    return table.render() + (choices.isEmpty() ? "" : tiles(choices));
  }

  /** Which sizes of tiles were tried, and what was expected of each. */
  private static String tiles(List<Choice> choices) {
    StringBuilder html =
        new StringBuilder("<h3>Tiles</h3><table><tr><th>kernel</th><th>product</th>")
            .append("<th>taken</th><th>because</th><th>those tried, and how many more cycles are")
            .append(" expected of them than of the best</th></tr>");
    for (Choice choice : choices) {
      double least =
          choice.sizes().values().stream().mapToDouble(Double::doubleValue).min().orElse(1);
      String tried =
          choice.sizes().entrySet().stream()
              .map(
                  size ->
                      String.format(
                          Locale.ROOT,
                          "%s\u00a0+%.1f\u00a0%%",
                          size.getKey(),
                          100 * (size.getValue() / least - 1)))
              .collect(Collectors.joining(", "));
      for (String content :
          List.of(
              "<tr><td>" + TracePage.escape(choice.kernel()),
              TracePage.escape(choice.product()),
              choice.chosen().toString(),
              choice.measured() ? "measured" : "expected",
              tried)) {
        html.append(content).append("</td><td>");
      }
      html.append("</td></tr>");
    }
    return html.append("</table>").toString();
  }

  private String render() {
    double expected = estimates.stream().mapToDouble(this::expected).sum();
    double measured = estimates.stream().mapToDouble(this::measured).sum();
    html.append("<p>").append(TracePage.escape(caption())).append("</p><table class=\"cost\"><tr>");
    head("kernel", "runs", "expected cycles", "");
    profile.ifPresent(_ -> head("measured \u00b5s", "", "cycles a ns"));
    html.append("</tr>");
    for (Estimate estimate : estimates) {
      row(estimate, expected, measured);
    }
    return html.append("</table>").toString();
  }

  private String caption() {
    return profile
        .map(
            run ->
                "One call of %s with %s on one worker, expected and measured (the mean of %d calls); a kernel whose last number is far from the others' is misjudged by the cost model or waits for memory."
                    .formatted(run.entry(), run.sizes(), run.calls()))
        .orElse(
            "One run of each kernel on one worker with every symbolic extent at %d. Compile again with -Atilewright.profile=FILE, where FILE was written by a run with profiling on, to see measured times beside."
                .formatted(TYPICAL));
  }

  private void head(String... names) {
    for (String name : names) {
      html.append("<th>").append(name).append("</th>");
    }
  }

  private void row(Estimate estimate, double expected, double measured) {
    double cycles = expected(estimate);
    html.append("<tr title=\"%s\">".formatted(TracePage.escape(estimate.what())));
    cell(TracePage.linked(estimate.kernel()));
    cell(Long.toString(runs(estimate)));
    cell(String.format(Locale.ROOT, "%,.0f", cycles));
    bar(cycles / expected);
    if (profile.isPresent()) {
      double nanos = measured(estimate);
      cell(String.format(Locale.ROOT, "%,.1f", nanos / 1e3));
      bar(nanos / measured);
      cell(nanos == 0 ? "" : String.format(Locale.ROOT, "%.2f", cycles / nanos));
    }
    html.append("</tr>");
  }

  private void cell(String content) {
    html.append("<td>").append(content).append("</td>");
  }

  private void bar(double share) {
    double known = Double.isFinite(share) ? share : 0;
    cell(
        String.format(
            Locale.ROOT,
            "<svg width=\"%d\" height=\"14\"><rect width=\"%.1f\" height=\"14\" rx=\"2\"/><text"
                + " x=\"%.1f\" y=\"11\">%.1f %%</text></svg>",
            BAR + NUMBER,
            BAR * known,
            BAR * known + 4,
            100 * known));
  }

  /** Cycles of all the kernel's runs in one call. */
  private double expected(Estimate estimate) {
    Map<String, Long> sizes = new TreeMap<>();
    for (String symbol : estimate.symbols()) {
      sizes.put(
          symbol, profile.map(run -> run.sizes().getOrDefault(symbol, TYPICAL)).orElse(TYPICAL));
    }
    return runs(estimate) * estimate.cycles().applyAsDouble(sizes);
  }

  private double measured(Estimate estimate) {
    return profile.flatMap(run -> run.kernel(estimate.kernel())).map(KernelTime::nanos).orElse(0.0);
  }

  private long runs(Estimate estimate) {
    return profile
        .map(run -> run.kernel(estimate.kernel()).map(KernelTime::runs).orElse(0L))
        .orElse(1L);
  }
}
