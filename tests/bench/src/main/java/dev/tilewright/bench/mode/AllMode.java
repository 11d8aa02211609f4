package dev.tilewright.bench.mode;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** All modes, one after another. */
@Command(
    name = "all",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "All modes one after another: a quarter of an hour; with --quick, minutes.")
public final class AllMode implements Callable<Integer> {
  private static final List<String> MODES =
      List.of("model", "encoder", "kernels", "long", "idle", "steady", "start");

  @Option(names = "--quick", description = "Fewer cases and shorter measurements.")
  private boolean quick;

  @Spec private CommandSpec spec;

  private AllMode() {}

  @Override
  public Integer call() {
    CommandLine bench = spec.parent().commandLine();
    for (String mode : MODES) {
      System.out.println("\n== " + mode);
      List<String> arguments = new ArrayList<>(List.of(mode));
      if (quick) {
        arguments.add("--quick");
      }
      int status = bench.execute(arguments.toArray(String[]::new));
      if (status != 0) {
        return status;
      }
    }
    return bench.execute("charts");
  }
}
