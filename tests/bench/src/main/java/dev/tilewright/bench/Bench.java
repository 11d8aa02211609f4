package dev.tilewright.bench;

import dev.tilewright.bench.mode.AllMode;
import dev.tilewright.bench.mode.ChartMode;
import dev.tilewright.bench.mode.EncoderMode;
import dev.tilewright.bench.mode.IdleMode;
import dev.tilewright.bench.mode.KernelMode;
import dev.tilewright.bench.mode.LanguageMode;
import dev.tilewright.bench.mode.LongMode;
import dev.tilewright.bench.mode.ModelMode;
import dev.tilewright.bench.mode.StartMode;
import dev.tilewright.bench.mode.SteadyMode;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of all modes. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    subcommands = {
      ModelMode.class,
      KernelMode.class,
      EncoderMode.class,
      LongMode.class,
      LanguageMode.class,
      IdleMode.class,
      SteadyMode.class,
      StartMode.class,
      ChartMode.class,
      AllMode.class
    },
    description = {
      "Measures this project beside its peers, in alternating bursts of one process.",
      "Through Maven:",
      "  ./mvnw -q -Pbench -pl tests/bench -am process-classes -Dbench.args=\"model --quick\""
    })
public final class Bench {
  private Bench() {}

  /** Runs a mode; {@code --help} lists them. */
  public static void main(String[] args) {
    // Maven hands all arguments over as one.
    String[] words =
        Arrays.stream(String.join(" ", args).split("\\s+", -1))
            .filter(word -> !word.isEmpty())
            .toArray(String[]::new);
    CommandLine bench = new CommandLine(new Bench()).setCaseInsensitiveEnumValuesAllowed(true);
    // Peers leave threads behind that would keep the process.
    Runtime.getRuntime().exit(bench.execute(words));
  }
}
