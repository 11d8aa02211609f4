package dev.tilewright.bench.mode;

import dev.tilewright.bench.measure.Bursts;
import dev.tilewright.bench.model.GatedEncoder;
import dev.tilewright.bench.model.GatedLayer;
import dev.tilewright.bench.model.RandomWeights;
import dev.tilewright.bench.peer.Batch;
import dev.tilewright.bench.peer.Cases;
import dev.tilewright.bench.peer.Compiled;
import dev.tilewright.bench.peer.Contender;
import dev.tilewright.bench.peer.EncoderSize;
import dev.tilewright.bench.peer.Precision;
import dev.tilewright.bench.peer.PyTorch;
import dev.tilewright.bench.report.JsonLines;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Weights;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** An encoder that is not MiniLM. */
@Command(
    name = "encoder",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "An encoder of another kind beside PyTorch: 12 layers of 768, heads of 64, RMS norm, gates"
          + " of",
      "SiLU 3072 wide, random weights."
    })
public final class EncoderMode implements Callable<Integer> {
  private static final EncoderSize SIZE =
      new EncoderSize(GatedEncoder.LAYERS, GatedLayer.DIM, GatedLayer.FFN, true);

  @Option(
      names = "--cases",
      split = ",",
      defaultValue = "1x8,1x32,1x128,1x512",
      description = "Sentences x tokens, separated by commas (default: ${DEFAULT-VALUE}).")
  private List<String> cases;

  @Option(
      names = "--workers",
      split = ",",
      defaultValue = "1,2",
      description = "Numbers of threads, separated by commas (default: ${DEFAULT-VALUE}).")
  private List<Integer> workers;

  @Mixin private Output output;

  private EncoderMode() {}

  @Override
  public Integer call() throws Exception {
    Bursts bursts = new Bursts(output.quick() ? 0.4 : 1, output.quick() ? 1 : 3);
    Contest contest = new Contest(bursts, SIZE, PyTorch.NAME);
    List<Batch> batches = Cases.parse(cases);
    Weights weights = RandomWeights.gatedEncoder();
    try (JsonLines lines = output.open("encoder")) {
      contest.run(batches, workers, (team, _) -> load(weights, team), lines);
      System.out.println("\n" + lines.file());
    }
    return 0;
  }

  private static List<Contender> load(Weights weights, int team) throws IOException {
    List<Contender> all = new ArrayList<>();
    for (Precision precision : Precision.of(GatedEncoder.class)) {
      all.add(Compiled.gated(weights, precision, LoadOptions.defaults().withWorkers(team)));
    }
    all.add(PyTorch.gated(weights, Precision.FP32, team));
    all.add(PyTorch.gated(weights, Precision.BF16, team));
    return all;
  }
}
