package dev.tilewright.bench.mode;

import dev.tilewright.bench.measure.Samples;
import dev.tilewright.bench.peer.Artifacts;
import dev.tilewright.bench.peer.Compiled;
import dev.tilewright.bench.peer.OnnxRuntime;
import dev.tilewright.bench.peer.Precision;
import dev.tilewright.bench.process.Start;
import dev.tilewright.bench.report.JsonLines;
import dev.tilewright.bench.report.Progress;
import dev.tilewright.bench.report.Table;
import dev.tilewright.examples.search.MiniLm;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** From the start of a JVM to the first embedding. */
@Command(
    name = "start",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "From the start of a JVM to the first embedding, loading alone, and resident memory, in",
      "fresh processes that take turns, with and without the ahead-of-time cache of JDK 25, and"
          + " with",
      "weights that were packed by a process before."
    })
public final class StartMode implements Callable<Integer> {
  private static final Table TABLE =
      new Table(
          new Table.Column("by", -12),
          new Table.Column("precision", -9),
          new Table.Column("AOT", 4),
          new Table.Column("packed", 6),
          new Table.Column("first ms", 10),
          new Table.Column("p10", 8),
          new Table.Column("p90", 8),
          new Table.Column("load ms", 8),
          new Table.Column("resident MB", 12),
          new Table.Column("peak MB", 8),
          new Table.Column("ratio", 6),
          new Table.Column("of load", 7));

  @Option(
      names = "--workers",
      defaultValue = "1",
      description = "Threads (default: ${DEFAULT-VALUE}).")
  private int workers;

  @Option(names = "--rounds", description = "Starts of each (15; with --quick 5).")
  private Integer rounds;

  @Mixin private Output output;

  private StartMode() {}

  private record Entrant(
      String name, Precision precision, boolean cached, boolean packed, Start start) {
    String describe() {
      return "start"
          + (cached ? " with AOT cache" : "")
          + (packed ? (cached ? " and" : " with") + " packed weights" : "");
    }
  }

  private static final class Results {
    final Samples first = new Samples();
    final Samples load = new Samples();
    final Samples resident = new Samples();
    final Samples peak = new Samples();

    void add(Start.Took took) {
      first.add(took.firstMs());
      load.add(took.loadMs());
      resident.add(took.residentMb());
      peak.add(took.peakMb());
    }
  }

  @Override
  public Integer call() throws Exception {
    Path folder = Files.createTempDirectory("tilewright-start");
    try (JsonLines lines = output.open("start")) {
      List<Entrant> entrants = entrants(folder);
      int turns = rounds != null ? rounds : output.quick() ? 5 : 15;
      Progress progress = new Progress(System.out, turns);
      progress.println("\n" + TABLE.head());
      List<Results> results = entrants.stream().map(_ -> new Results()).toList();
      for (int turn = 0; turn < turns; turn++) {
        progress.show("starting processes");
        for (int i = 0; i < entrants.size(); i++) {
          results.get(i).add(entrants.get(i).start().run(entrants.get(i).cached()));
        }
        progress.step();
      }
      for (int i = 0; i < entrants.size(); i++) {
        Entrant entrant = entrants.get(i);
        Results peer = results.get(peer(entrants, entrant));
        lines.write(row(entrant, results.get(i), peer));
      }
      System.out.println("\n" + lines.file());
    } finally {
      delete(folder);
    }
    return 0;
  }

  private List<Entrant> entrants(Path folder) throws IOException, InterruptedException {
    Path model = copy(Artifacts.weights(), folder.resolve("fp32.onnx"));
    Path quantised = copy(Artifacts.quantised(), folder.resolve("int8.onnx"));
    List<Entrant> entrants = new ArrayList<>();
    for (Precision precision : Precision.of(MiniLm.class)) {
      for (boolean packed : new boolean[] {false, true}) {
        Start start = Start.tilewright(folder, model, workers, precision, packed);
        add(entrants, Compiled.NAME, precision, packed, start);
      }
    }
    Start fp32 = Start.onnxRuntime(folder, model, workers);
    add(entrants, OnnxRuntime.NAME, Precision.FP32, false, fp32);
    Start int8 = Start.onnxRuntime(folder, quantised, workers);
    add(entrants, OnnxRuntime.NAME, Precision.INT8, false, int8);
    return entrants;
  }

  private static void add(
      List<Entrant> all, String name, Precision precision, boolean packed, Start start)
      throws IOException, InterruptedException {
    start.train();
    all.add(new Entrant(name, precision, false, packed, start));
    all.add(new Entrant(name, precision, true, packed, start));
  }

  private static int peer(List<Entrant> all, Entrant entrant) {
    for (int i = 0; i < all.size(); i++) {
      Entrant other = all.get(i);
      if (other.name().equals(OnnxRuntime.NAME)
          && other.precision() == entrant.precision().peers()
          && other.cached() == entrant.cached()) {
        return i;
      }
    }
    throw new IllegalStateException("nobody to compare " + entrant + " with");
  }

  private Map<String, Object> row(Entrant entrant, Results results, Results peer) {
    double first = results.first.median();
    double ratio = peer.first.median() / first;
    double loadRatio = peer.load.median() / results.load.median();
    System.out.println(
        TABLE.line(
            entrant.name(),
            entrant.precision(),
            entrant.cached() ? "yes" : "no",
            entrant.packed() ? "yes" : "no",
            Table.number(first, 1),
            Table.number(results.first.quantile(0.1), 1),
            Table.number(results.first.quantile(0.9), 1),
            Table.number(results.load.median(), 1),
            Table.number(results.resident.median(), 0),
            Table.number(results.peak.median(), 0),
            Table.number(ratio, 2),
            Table.number(loadRatio, 2)));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("case", entrant.describe());
    fields.put("implementation", entrant.name());
    fields.put("precision", entrant.precision().label());
    fields.put("workers", workers);
    fields.put("median_ms", first);
    fields.put("p10_ms", results.first.quantile(0.1));
    fields.put("p90_ms", results.first.quantile(0.9));
    fields.put("ratio_to_peer", ratio);
    fields.put("load_ms", results.load.median());
    fields.put("load_ratio_to_peer", loadRatio);
    fields.put("resident_mb", results.resident.median());
    fields.put("peak_mb", results.peak.median());
    return fields;
  }

  private static Path copy(URL resource, Path file) throws IOException {
    try (var in = resource.openStream()) {
      Files.copy(in, file);
    }
    return file;
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
