package dev.tilewright.bench.mode;

import dev.tilewright.bench.measure.Bursts;
import dev.tilewright.bench.peer.Batch;
import dev.tilewright.bench.peer.Cases;
import dev.tilewright.bench.peer.EncoderSize;
import dev.tilewright.bench.peer.OnnxRuntime;
import dev.tilewright.bench.report.JsonLines;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** all-MiniLM-L6-v2 beside its peers. */
@Command(
    name = "model",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "all-MiniLM-L6-v2 beside ONNX Runtime and PyTorch, in alternating bursts.")
public final class ModelMode implements Callable<Integer> {
  @Option(
      names = "--cases",
      split = ",",
      description = {
        "Sentences x tokens, or mixedN for N sentences of a real text, separated by commas.",
        "Default: " + Cases.FULL,
        "With --quick: " + Cases.QUICK
      })
  private List<String> cases;

  @Option(
      names = "--workers",
      split = ",",
      defaultValue = "1,2",
      description = "Numbers of threads, separated by commas (default: ${DEFAULT-VALUE}).")
  private List<Integer> workers;

  @Option(
      names = "--seconds",
      description = "How long one implementation is measured for a case (1.2; with --quick 0.4).")
  private Double seconds;

  @Option(
      names = "--peak-bits",
      description =
          "How wide vectors may be whose peak is measured (default: as the CPU has them).")
  private int bits = Integer.MAX_VALUE;

  @Mixin private Contenders contenders;
  @Mixin private Output output;

  private ModelMode() {}

  @Override
  public Integer call() throws Exception {
    List<Batch> batches = Cases.parse(cases != null ? cases : List.of(names().split(",")));
    double time = seconds != null ? seconds : output.quick() ? 0.4 : 1.2;
    Bursts bursts = new Bursts(time, output.quick() ? 3 : 5);
    Contest contest = new Contest(bursts, EncoderSize.MINI_LM, OnnxRuntime.NAME, bits);
    try (JsonLines lines = output.open("model")) {
      contest.run(batches, workers, contenders::load, lines);
      System.out.println("\n" + lines.file());
    }
    return 0;
  }

  private String names() {
    return output.quick() ? Cases.QUICK : Cases.FULL;
  }
}
