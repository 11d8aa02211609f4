package dev.tilewright.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.bench.measure.Samples;
import java.nio.file.Path;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  private static Row row() {
    Samples times = new Samples();
    times.add(2);
    return new Row(
        "1x8",
        "this \"one\"",
        "fp32",
        2,
        times,
        OptionalDouble.empty(),
        "other",
        OptionalDouble.of(5));
  }

  @Test
  void linesAreReadAsTheyWereWritten(@TempDir Path folder) throws Exception {
    for (boolean append : new boolean[] {false, true}) {
      try (JsonLines lines = JsonLines.open(folder, "x", append)) {
        lines.write(row().fields());
      }
    }
    assertThat(JsonLines.read(folder.resolve("x.jsonl")))
        .hasSize(2)
        .allSatisfy(
            fields ->
                assertThat(fields)
                    .containsEntry("case", "1x8")
                    .containsEntry("implementation", "this \"one\"")
                    .containsEntry("workers", 2.0)
                    .containsEntry("median_ms", 2.0)
                    .containsEntry("ratio_to_peer", 2.5)
                    .doesNotContainKey("percent_of_peak"));
  }

  @Test
  void cellsStandBelowTheirHeads() {
    String head = Row.TABLE.head();
    String line = Row.TABLE.line(row().cells());
    assertThat(line.indexOf("2.000") + 5).isEqualTo(head.indexOf("median ms") + 9);
    assertThat(line).endsWith("2.50").hasSameSizeAs(head);
  }
}
