package dev.tilewright.bench.mode;

import dev.tilewright.bench.peer.Compiled;
import dev.tilewright.bench.peer.Contender;
import dev.tilewright.bench.peer.OnnxRuntime;
import dev.tilewright.bench.peer.Precision;
import dev.tilewright.bench.peer.PyTorch;
import dev.tilewright.bench.report.Progress;
import dev.tilewright.examples.search.MiniLm;
import dev.tilewright.runtime.LoadOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Option;

/** Which implementations take part. */
final class Contenders {
  @Option(
      names = "--peers",
      split = ",",
      defaultValue = OnnxRuntime.NAME + "," + PyTorch.NAME,
      description = "Whom to compare with, separated by commas (default: ${DEFAULT-VALUE}).")
  private Set<String> peers;

  @Option(
      names = "--precisions",
      split = ",",
      description = "Only these of ${COMPLETION-CANDIDATES}, separated by commas (default: all).")
  private Set<Precision> precisions = Set.of(Precision.values());

  @Option(
      names = "--target",
      description = "The target to load, such as portable (default: the best for this CPU).")
  private String target;

  /** Makes one contender; loading takes a while. */
  private interface Loader {
    Contender load() throws Exception;
  }

  private record Offer(String name, Precision precision, Loader loader) {}

  /** Loads what was asked for, with so many workers each. */
  List<Contender> load(int workers, Progress progress) throws Exception {
    LoadOptions plain = LoadOptions.defaults().withWorkers(workers);
    LoadOptions options = target == null ? plain : plain.withTarget(target);
    List<Offer> offers = new ArrayList<>();
    for (Precision precision : Precision.of(MiniLm.class)) {
      offers.add(new Offer(Compiled.NAME, precision, () -> Compiled.miniLm(precision, options)));
    }
    offers.add(new Offer(OnnxRuntime.NAME, Precision.FP32, () -> OnnxRuntime.fp32(workers)));
    offers.add(new Offer(OnnxRuntime.NAME, Precision.INT8, () -> OnnxRuntime.int8(workers)));
    offers.add(torch(Precision.FP32, workers));
    offers.add(torch(Precision.BF16, workers));
    List<Contender> loaded = new ArrayList<>();
    for (Offer offer : offers) {
      if (precisions.contains(offer.precision())
          && (offer.name().equals(Compiled.NAME) || peers.contains(offer.name()))) {
        progress.show(String.format(Locale.ROOT, "loading %s %s", offer.name(), offer.precision()));
        Contender contender = offer.loader().load();
        loaded.add(contender);
        if (contender instanceof Compiled ours && ours.precision() == Precision.FP32) {
          if (ours.takesRagged()) {
            loaded.add(ours.as(Compiled.Form.PADDED));
          }
          loaded.add(ours.as(Compiled.Form.SINGLY));
        }
      }
    }
    return loaded;
  }

  private static Offer torch(Precision precision, int workers) {
    return new Offer(PyTorch.NAME, precision, () -> PyTorch.miniLm(precision, workers));
  }
}
