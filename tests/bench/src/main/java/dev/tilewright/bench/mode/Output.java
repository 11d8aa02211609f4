package dev.tilewright.bench.mode;

import dev.tilewright.bench.report.JsonLines;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options of all modes. */
final class Output {
  @Option(
      names = "--out",
      defaultValue = "target/bench",
      description = "The folder for JSON lines (default: ${DEFAULT-VALUE}).")
  private Path folder;

  @Option(
      names = "--append",
      description = "Keep the lines of earlier runs, so that a table can be made in pieces.")
  private boolean append;

  @Option(names = "--quick", description = "Fewer cases and shorter measurements.")
  private boolean quick;

  boolean quick() {
    return quick;
  }

  Path folder() {
    return folder;
  }

  JsonLines open(String name) throws IOException {
    return JsonLines.open(folder, name, append);
  }
}
