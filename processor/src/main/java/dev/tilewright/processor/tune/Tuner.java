package dev.tilewright.processor.tune;

import dev.tilewright.codegen.Trace.Choice;
import dev.tilewright.codegen.cost.TileSize;
import dev.tilewright.codegen.cost.Tuning;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Finds for each product the size of tiles that is the fastest on this machine. Where the cost
 * model hands over n sizes, n - 1 further libraries are compiled, number i with every product's
 * i-th alternative at once, and each runs beside the one that the cost model wants. Kernels have
 * clocks of their own, so one run compares one size of every product.
 *
 * <p>What was clearly faster is compiled into one library and measured once more, because the best
 * of several noisy numbers looks better than it is; only what is clearly faster again is kept.
 */
public final class Tuner {
  private final TuneOptions options;
  private final Measurer measurer;
  private final Consumer<String> progress;
  private final Set<String> done = new HashSet<>();
  private Tuning tuning;

  /** Compiles a model for one target with sizes of tiles. */
  @FunctionalInterface
  public interface Compiler {
    /** The library. */
    Variant compile(Tuning tuning);
  }

  /**
   * What was found for a library.
   *
   * @param products how many products were measured
   * @param changed how many of them got other tiles than the cost model would choose
   * @param gain which share of a call's time that saves
   */
  public record Report(int products, int changed, double gain) {}

  /**
   * @param before what earlier runs found
   * @param progress hears of each step
   */
  public Tuner(TuneOptions options, Tuning before, Measurer measurer, Consumer<String> progress) {
    this.options = options;
    this.tuning = before;
    this.measurer = measurer;
    this.progress = progress;
  }

  /** How to tune. */
  public TuneOptions options() {
    return options;
  }

  /** What is known by now. */
  public Tuning tuning() {
    return tuning;
  }

  /**
   * Measures the products of a library that this tuner has not yet met.
   *
   * @param title for people
   * @param target the target's name
   * @throws TuneOptions.SizesException if the sizes do not suit the model
   * @throws Measurer.MeasureException if nothing can be measured
   */
  public Report tune(String title, String target, Compiler compiler) {
    Variant first = compiler.compile(Tuning.NONE);
    Map<String, List<TileSize>> open = alternatives(target, first);
    List<Case> cases = Case.of(first.compiled().schema().entries(), options.sizes());
    if (open.isEmpty()) {
      return new Report(0, 0, 0);
    }
    int steps = open.values().stream().mapToInt(List::size).max().orElseThrow();
    double seconds = options.seconds() / (steps + 1.0);
    Map<String, TileSize> best = new TreeMap<>();
    Map<String, Double> medians = new HashMap<>();
    for (int step = 0; step < steps; step++) {
      Map<String, TileSize> tried = new TreeMap<>();
      for (var product : open.entrySet()) {
        if (step < product.getValue().size()) {
          tried.put(product.getKey(), product.getValue().get(step));
        }
      }
      progress.accept("tuning %s: %d/%d".formatted(title, step + 1, steps + 1));
      Variant second = compiler.compile(tuning(target, tried));
      Comparison found = compare(first, second, cases, seconds);
      found
          .products()
          .forEach(
              (product, score) -> {
                TileSize size = tried.get(product);
                if (size == null || !size.equals(second.chosen().get(product))) {
                  return;
                }
                progress.accept("  %s for %s: %s".formatted(size, product, score));
                if (score.isFaster() && score.median() < medians.getOrDefault(product, 0.0)) {
                  medians.put(product, score.median());
                  best.put(product, size);
                }
              });
    }
    progress.accept(
        "tuning %s: %d/%d, %s"
            .formatted(
                title,
                steps + 1,
                steps + 1,
                best.isEmpty() ? "nothing was faster" : "the fastest together"));
    double gain = best.isEmpty() ? 0 : confirm(first, best, target, compiler, cases, seconds);
    remember(target, open.keySet(), best);
    return new Report(open.size(), best.size(), gain);
  }

  /** Leaves those that are faster together as well; answers what they save of a call. */
  private double confirm(
      Variant first,
      Map<String, TileSize> best,
      String target,
      Compiler compiler,
      List<Case> cases,
      double seconds) {
    Variant second = compiler.compile(tuning(target, best));
    Comparison found = compare(first, second, cases, seconds);
    best.keySet()
        .removeIf(
            product ->
                !found.products().containsKey(product)
                    || !found.products().get(product).isFaster());
    if (found.call().median() >= 0) {
      best.clear();
    }
    return best.isEmpty() ? 0 : found.call().gain();
  }

  private Comparison compare(Variant first, Variant second, List<Case> cases, double seconds) {
    return Comparison.of(measurer.measure(first, second, cases, seconds), first, second);
  }

  /** By product, the sizes besides the chosen one. */
  private Map<String, List<TileSize>> alternatives(String target, Variant first) {
    Map<String, List<TileSize>> open = new TreeMap<>();
    for (Choice choice : first.choices()) {
      List<TileSize> others = new ArrayList<>(choice.sizes().keySet());
      others.remove(choice.chosen());
      if (!others.isEmpty() && !done.contains(Tuning.key(target, choice.product()))) {
        open.putIfAbsent(choice.product(), others);
      }
    }
    return open;
  }

  private static Tuning tuning(String target, Map<String, TileSize> sizes) {
    Map<String, TileSize> keyed = new HashMap<>();
    sizes.forEach((product, size) -> keyed.put(Tuning.key(target, product), size));
    return new Tuning(keyed);
  }

  private void remember(String target, Set<String> products, Map<String, TileSize> best) {
    Map<String, TileSize> tiles = new HashMap<>(tuning.tiles());
    for (String product : products) {
      String key = Tuning.key(target, product);
      done.add(key);
      tiles.remove(key);
    }
    tiles.putAll(tuning(target, best).tiles());
    tuning = new Tuning(tiles);
  }

  /** What a report comes to, in words. */
  public static String text(String title, Report report) {
    return report.changed() == 0
        ? "tuned %s: the cost model's tiles are kept for all of %d products"
            .formatted(title, report.products())
        : String.format(
            Locale.ROOT,
            "tuned %s: other tiles for %d of %d products, a call takes %.1f %% less time",
            title,
            report.changed(),
            report.products(),
            100 * report.gain());
  }
}
