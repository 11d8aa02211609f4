package dev.tilewright.pim.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.pim.command.AimTrace;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.timing.TimingSimulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The traces stay as they are committed; {@code -Dbless} rewrites them. */
class ExportTracesTest {
  private static final Path FOLDER = Path.of("src/test/resources/traces");

  @Test
  void tracesAreAsCommitted() throws IOException {
    for (Map.Entry<String, CommandStream> stream : ExportTraces.streams().entrySet()) {
      String trace = AimTrace.export(stream.getValue(), Device.named("aim-gddr6"));
      assertThat(trace).endsWith("AiM EOC\n");
      Path golden = FOLDER.resolve(stream.getKey() + ".trace");
      if (System.getProperty("bless") != null) {
        Files.writeString(golden, trace);
      }
      assertThat(golden).content().isEqualTo(trace);
    }
  }

  /** A line for each command, and a time that is sound. */
  @Test
  void aWholeStep() {
    Device device = Device.named("aim-gddr6");
    CommandStream step = ExportTraces.gpt2Step(512);
    String trace = AimTrace.export(step, device);
    assertThat(trace.lines().count()).isEqualTo(step.commands().size());
    assertThat(trace.lines().filter(line -> line.startsWith("AiM MAC_ABK")).count())
        .isGreaterThan(12 * 6);
    assertThat(new TimingSimulator(device).run(step).seconds()).isBetween(50e-6, 2e-3);
  }
}
