package dev.tilewright.pim.batch;

import dev.tilewright.pim.GeneratedPage;
import dev.tilewright.pim.batch.NeuPims.Assumptions;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The page's tables are the schedules'; {@code -Dbless} rewrites them. */
class NeuPimsPageTest {
  @Test
  void thePageIsUpToDate() throws IOException {
    GeneratedPage page = new GeneratedPage(Path.of("../docs/neupims.md"));
    NeuPimsReport report = new NeuPimsReport();
    page.replace("contention", report.contention());
    page.replace("simulated", table(report, Assumptions.SIMULATED));
    page.replace("ideal", table(report, Assumptions.IDEAL));
    page.replace("causes", report.causes(512, 384));
    page.check();
  }

  private static String table(NeuPimsReport report, Assumptions assumptions) {
    StringBuilder table = new StringBuilder(NeuPimsReport.head());
    report.rows(assumptions, table::append);
    return table.toString();
  }
}
