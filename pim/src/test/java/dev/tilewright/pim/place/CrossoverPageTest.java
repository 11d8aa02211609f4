package dev.tilewright.pim.place;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.charts.LineChart;
import dev.tilewright.pim.GeneratedPage;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Tables and charts of the crossover are the cost model's; {@code -Dbless} rewrites them. */
class CrossoverPageTest {
  private static final Path PAGE = Path.of("../docs/pim-placement.md");
  private static final Path CHARTS = Path.of("../docs/charts");

  @Test
  void pageAndChartsAreUpToDate() throws IOException {
    GeneratedPage page = new GeneratedPage(PAGE);
    for (var entry : Crossover.all().entrySet()) {
      Crossover crossover = entry.getValue();
      page.replace(entry.getKey(), crossover.table());
      LineChart chart = new LineChart(crossover.title(), "tokens", "ms a step", crossover.lines());
      GeneratedPage.check(CHARTS.resolve("pim-" + entry.getKey() + ".svg"), chart.svg());
      assertThat(PAGE).content().contains("charts/pim-" + entry.getKey() + ".svg");
    }
    page.check();
  }
}
