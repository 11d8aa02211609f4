package dev.tilewright.processor.tune;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.Dim;
import dev.tilewright.Precision;
import dev.tilewright.codegen.Trace.Choice;
import dev.tilewright.codegen.cost.TileSize;
import dev.tilewright.codegen.cost.Tuning;
import dev.tilewright.processor.compile.CompiledTarget;
import dev.tilewright.processor.tune.Measurer.Burst;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import dev.tilewright.schema.ModelSchema.LibrarySchema;
import dev.tilewright.schema.Profile;
import dev.tilewright.schema.Profile.KernelTime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Winners are picked properly, whatever noise and luck say. */
class TunerTest {
  private static final TileSize DEFAULT = new TileSize(8, 48);
  private static final TileSize WIDE = new TileSize(4, 96);
  private static final TileSize TALL = new TileSize(12, 32);
  private static final int ROUNDS = 15;

  /** Times of product and size in a round of a measurement; both counted from 0. */
  private interface Clock {
    double nanos(String product, TileSize size, int measurement, int round);
  }

  /** Of kernels without tiles, by the tiles of the product p. */
  private ToDoubleFunction<TileSize> rest = _ -> 10;

  private final List<String> said = new ArrayList<>();
  private final List<Map<String, TileSize>> compiled = new ArrayList<>();
  private int measurements;

  @Test
  void picksTheFastestOfEachProduct() {
    Tuner tuner =
        tuner(Tuning.NONE, (product, size, _, round) -> noisy(time(product, size), round));
    Tuner.Report report = tuner.tune("title", "any", this::compile);
    assertThat(tuner.tuning().text())
        .isEqualTo("tilewright-tuning 1\nany: p = 4x96\nany: q = 12x32\n");
    assertThat(report.products()).isEqualTo(2);
    assertThat(report.changed()).isEqualTo(2);
    assertThat(report.gain()).isBetween(0.09, 0.16);
    assertThat(compiled)
        .containsExactly(
            Map.of("p", DEFAULT, "q", DEFAULT),
            Map.of("p", WIDE, "q", WIDE),
            Map.of("p", TALL, "q", TALL),
            Map.of("p", WIDE, "q", TALL));
    assertThat(said)
        .filteredOn(line -> line.startsWith("tuning"))
        .containsExactly(
            "tuning title: 1/3", "tuning title: 2/3", "tuning title: 3/3, the fastest together");
    assertThat(said)
        .contains("  4x96 for p: -10.0 % of time, in three quarters of the rounds below -10.0 %");
    assertThat(Tuner.text("title", report))
        .startsWith("tuned title: other tiles for 2 of 2 products, a call takes 1");
  }

  private static double time(String product, TileSize size) {
    if (product.equals("p")) {
      return size.equals(WIDE) ? 900 : 1000;
    }
    return size.equals(TALL) ? 850 : size.equals(WIDE) ? 950 : 1000;
  }

  /** What slows both down cancels; what slows one burst of four does not decide. */
  private static double noisy(double nanos, int round) {
    return nanos * (1 + round) * (round % 5 == 0 ? 1.02 : 1);
  }

  /** Faster in the median, but not in three quarters of all rounds. */
  @Test
  void keepsTheCostModelsTilesWithinTheNoise() {
    Tuner tuner =
        tuner(
            Tuning.NONE,
            (_, size, _, round) -> size.equals(DEFAULT) ? 1000 : round % 3 == 0 ? 1100 : 900);
    Tuner.Report report = tuner.tune("title", "any", this::compile);
    assertThat(tuner.tuning()).isEqualTo(Tuning.NONE);
    assertThat(said).last().isEqualTo("tuning title: 3/3, nothing was faster");
    assertThat(Tuner.text("title", report))
        .isEqualTo("tuned title: the cost model's tiles are kept for all of 2 products");
  }

  @Test
  void wantsMoreThanOnePercent() {
    Tuner tuner = tuner(Tuning.NONE, (_, size, _, _) -> size.equals(DEFAULT) ? 1000 : 991);
    tuner.tune("title", "any", this::compile);
    assertThat(tuner.tuning()).isEqualTo(Tuning.NONE);
  }

  /** The last measurement is the winners'. */
  @Test
  void dropsWhatIsNotConfirmed() {
    Tuner tuner =
        tuner(
            Tuning.NONE,
            (product, size, measurement, _) ->
                measurement == 2 && product.equals("p") ? 1000 : time(product, size));
    tuner.tune("title", "any", this::compile);
    assertThat(tuner.tuning().tiles()).containsExactly(Map.entry("any: q", TALL));
  }

  /** What a product saves may cost its neighbours more. */
  @Test
  void dropsWinnersThatSlowTheCall() {
    rest = size -> size.equals(DEFAULT) ? 5000 : 6000;
    Tuner tuner = tuner(Tuning.NONE, (product, size, _, _) -> time(product, size));
    assertThat(tuner.tune("title", "any", this::compile)).isEqualTo(new Tuner.Report(2, 0, 0));
    assertThat(tuner.tuning()).isEqualTo(Tuning.NONE);
  }

  @Test
  void keepsWhatTheFileHoldsOfOthers() {
    Tuning before =
        new Tuning(Map.of("any: old", WIDE, "other: p", WIDE, "any: q", WIDE, "any: p", TALL));
    Tuner tuner =
        tuner(before, (product, size, _, _) -> product.equals("p") ? time(product, size) : 1000);
    tuner.tune("title", "any", this::compile);
    assertThat(tuner.tuning().text())
        .isEqualTo("tilewright-tuning 1\nany: old = 4x96\nany: p = 4x96\nother: p = 4x96\n");
  }

  @Test
  void measuresAProductOnce() {
    Tuner tuner = tuner(Tuning.NONE, (product, size, _, _) -> time(product, size));
    tuner.tune("title", "any", this::compile);
    int before = measurements;
    assertThat(tuner.tune("again", "any", this::compile)).isEqualTo(new Tuner.Report(0, 0, 0));
    assertThat(measurements).isEqualTo(before);
    tuner.tune("again", "other", this::compile);
    assertThat(measurements).isGreaterThan(before);
  }

  private Tuner tuner(Tuning before, Clock clock) {
    TuneOptions options = new TuneOptions(Path.of("unused"), List.of(Map.of("N", 8L)), 1);
    return new Tuner(
        options,
        before,
        (first, second, cases, _) -> {
          assertThat(cases).containsExactly(new Case("run", Map.of("N", 8L)));
          List<Burst> bursts = new ArrayList<>();
          for (int round = 0; round < ROUNDS; round++) {
            for (int turn = 0; turn < 2; turn++) {
              boolean isSecond = (round + turn) % 2 == 1;
              Variant variant = isSecond ? second : first;
              bursts.add(new Burst(0, isSecond, profile(variant, clock, round)));
            }
          }
          measurements++;
          return bursts;
        },
        said::add);
  }

  private Profile profile(Variant variant, Clock clock, int round) {
    List<KernelTime> times = new ArrayList<>();
    for (Choice choice : variant.choices()) {
      times.add(time(choice.kernel(), choice.product(), choice.chosen(), clock, round));
    }
    times.add(new KernelTime("norm", 1, rest.applyAsDouble(variant.chosen().get("p"))));
    return new Profile("M", "any", "run", Map.of("N", 8L), 1, 9, times);
  }

  private KernelTime time(String kernel, String product, TileSize size, Clock clock, int round) {
    return new KernelTime(kernel, 1, clock.nanos(product, size, measurements, round));
  }

  /** The product p is in two kernels. */
  private Variant compile(Tuning tuning) {
    Map<String, List<String>> kernels = Map.of("p", List.of("p1", "p2"), "q", List.of("q"));
    Map<String, TileSize> sizes = new HashMap<>();
    List<Choice> choices = new ArrayList<>();
    kernels.forEach(
        (product, names) -> {
          TileSize measured =
              tuning.size("any", product).or(() -> tuning.size("other", product)).orElse(null);
          TileSize size = measured == null ? DEFAULT : measured;
          sizes.put(product, size);
          Map<TileSize, Double> tried = new LinkedHashMap<>();
          List.of(DEFAULT, WIDE, TALL).forEach(each -> tried.put(each, 1000.0));
          names.forEach(
              name -> choices.add(new Choice(name, product, tried, size, measured != null)));
        });
    compiled.add(sizes);
    EntrySchema entry =
        new EntrySchema(
            "run",
            "run",
            List.of("N"),
            List.of(),
            List.of(),
            Dim.ZERO,
            Dim.ZERO,
            List.of(),
            List.of(),
            List.of());
    LibrarySchema library =
        new LibrarySchema("any", Precision.FLOAT32, "linux-x86_64", "r", List.of(), 1, "");
    ModelSchema schema = new ModelSchema("M", library, List.of(entry), List.of());
    return new Variant(new CompiledTarget(schema, new byte[0]), choices);
  }
}
