package dev.tilewright.bench;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints a table of times beside ONNX Runtime and writes the same as JSON lines. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures all-MiniLM-L6-v2, compiled, beside ONNX Runtime (fp32) in alternating bursts.",
      "Through Maven:",
      "  ./mvnw -q -Pbench -pl tests/bench -am process-classes -Dbench.args=\"--shapes 1x8\""
    })
public final class Bench implements Callable<Integer> {
  @Option(
      names = "--shapes",
      split = ",",
      defaultValue = "1x8,1x128,32x128",
      description = "Sentences x tokens, separated by commas (default: ${DEFAULT-VALUE}).")
  private List<String> shapes;

  @Option(
      names = "--workers",
      split = ",",
      defaultValue = "1,2",
      description = "Numbers of threads, separated by commas (default: ${DEFAULT-VALUE}).")
  private List<Integer> workers;

  @Option(
      names = "--target",
      description = "The target to load, such as portable (default: the best for this CPU).")
  private String target;

  @Option(
      names = "--seconds",
      defaultValue = "6",
      description = "How long a case takes, both implementations (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(
      names = "--burst",
      defaultValue = "0.25",
      description = "How long one of them runs before the other, in s (default: ${DEFAULT-VALUE}).")
  private double burst;

  @Option(
      names = "--out",
      defaultValue = "target/bench",
      description = "The folder for JSON lines (default: ${DEFAULT-VALUE}).")
  private Path out;

  private Bench() {}

  /** Runs the bench; {@code --help} tells how. */
  public static void main(String[] args) {
    // Maven hands all arguments over as one.
    String[] words =
        Arrays.stream(String.join(" ", args).split("\\s+", -1))
            .filter(word -> !word.isEmpty())
            .toArray(String[]::new);
    System.exit(new CommandLine(new Bench()).execute(words));
  }

  @Override
  public Integer call() throws Exception {
    Files.createDirectories(out);
    Path file = out.resolve("minilm-" + Instant.now().toString().replace(':', '-') + ".jsonl");
    try (PrintWriter lines = new PrintWriter(Files.newBufferedWriter(file));
        Peak peak = new Peak()) {
      for (int team : workers) {
        double flops = peak.measure(team);
        System.out.printf(
            Locale.ROOT,
            "%n%d worker%s, peak %.0f GFLOP/s (fp32, %s)%n",
            team,
            team == 1 ? "" : "s",
            flops / 1e9,
            peak.describe());
        System.out.printf(
            "%-8s %-12s %9s %9s %9s %7s %7s%n",
            "case", "by", "median ms", "p10", "p90", "peak", "ratio");
        try (Contender ours = Contender.tilewright(team, target);
            Contender theirs = Contender.onnxRuntime(team)) {
          if (team == workers.getFirst()) {
            System.out.println(ours.describe());
          }
          for (String shape : shapes) {
            for (Result result : measure(Shape.parse(shape), ours, theirs, team, flops)) {
              System.out.println(result.row());
              lines.println(result.json());
            }
            lines.flush();
          }
        }
      }
    }
    System.out.println("\n" + file);
    return 0;
  }

  private List<Result> measure(Shape shape, Contender ours, Contender theirs, int team, double peak)
      throws Exception {
    ours.prepare(shape);
    theirs.prepare(shape);
    Timing own = new Timing();
    Timing other = new Timing();
    // Warms up, and says how many calls make a burst.
    int ownCalls = calls(ours);
    int otherCalls = calls(theirs);
    long end = System.nanoTime() + (long) (seconds * 1e9);
    int bursts = 0;
    while (System.nanoTime() < end || bursts < 5) {
      own.burst(ours, ownCalls);
      other.burst(theirs, otherCalls);
      bursts++;
    }
    List<Result> results = new ArrayList<>();
    results.add(Result.of(shape, ours, team, own, peak, other.quantile(0.5)));
    results.add(Result.of(shape, theirs, team, other, peak, other.quantile(0.5)));
    return results;
  }

  private int calls(Contender contender) throws Exception {
    contender.call();
    long start = System.nanoTime();
    int calls = 0;
    while (System.nanoTime() - start < burst * 1e9) {
      contender.call();
      calls++;
    }
    return Math.max(1, calls);
  }
}
