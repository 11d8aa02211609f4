package dev.tilewright.examples.neupims;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NeuPimsExampleTest {
  @Test
  void itPrintsBatchesAndWritesPages(@TempDir Path folder) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      NeuPimsExample.run(folder, out);
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .contains("| 64 | 128 |", "| 512 | 384 |", "| as simulated |", "schedules.html");
    assertThat(folder.resolve("schedules.html"))
        .content()
        .contains("interleaved halves", "units in the banks");
    assertThat(folder.resolve("channel.html")).content().contains("MULTIPLY", "MEMORY");
  }
}
