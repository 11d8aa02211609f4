package dev.tilewright.pim.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.pim.GeneratedPage;
import dev.tilewright.pim.command.AimTrace;
import dev.tilewright.pim.device.Device;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The page's tables are the simulator's; {@code -Dbless} rewrites them. */
class PimGptPageTest {
  private static final Path PAGE = Path.of("../docs/pim-gpt.md");

  @Test
  void thePageIsUpToDate() throws IOException {
    GeneratedPage page = new GeneratedPage(PAGE);
    page.replace("table 128", PimGptReport.table(128));
    page.replace("table 2048", PimGptReport.table(2048));
    page.replace("parts 128", PimGptReport.parts(128));
    page.replace("overlap 128", PimGptReport.overlap(128));
    page.replace("overlap 2048", PimGptReport.overlap(2048));
    page.check();
  }

  /** So every access stays within rows that the public form can name. */
  @Test
  void everyStreamOfAStepExports() {
    Device device = Device.named("pim-gpt");
    DecodePlan plan = new DecodePlan(device, TransformerSize.PIM_GPT.getFirst());
    for (Work work : plan.step(50256, 777)) {
      if (work instanceof Work.OnMemory(Work.Part part, var stream)) {
        assertThat(AimTrace.export(stream, device).lines())
            .as("%s", part)
            .hasSize(stream.commands().size());
      }
    }
  }
}
