package dev.tilewright.bench.mode;

import dev.tilewright.bench.machine.PeakMeter;
import dev.tilewright.bench.machine.Peaks;
import dev.tilewright.bench.model.Kernels;
import dev.tilewright.bench.peer.Compiled;
import dev.tilewright.bench.peer.Precision;
import dev.tilewright.bench.report.JsonLines;
import dev.tilewright.bench.report.Table;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Single kernels, by JMH. */
@Command(
    name = "kernels",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Single kernels, by JMH: time, and share of the machine's peak.")
public final class KernelMode implements Callable<Integer> {
  private static final Table TABLE =
      new Table(
          new Table.Column("kernel", -20),
          new Table.Column("precision", -13),
          new Table.Column("workers", 7),
          new Table.Column("median ms", 11),
          new Table.Column("p10", 10),
          new Table.Column("p90", 10),
          new Table.Column("% of peak", 10));

  @Option(
      names = "--workers",
      split = ",",
      defaultValue = "1",
      description = "Numbers of threads, separated by commas (default: ${DEFAULT-VALUE}).")
  private List<Integer> workers;

  @Option(
      names = "--kernels",
      defaultValue = ".*",
      description = {
        "Only kernels that match this regular expression: product8, product128, attention32,",
        "attention64, layerNorm, gelu."
      })
  private String kernels;

  @Mixin private Output output;

  private KernelMode() {}

  @Override
  public Integer call() throws Exception {
    try (JsonLines lines = output.open("kernels");
        PeakMeter meter = new PeakMeter()) {
      for (int team : workers) {
        Peaks peaks = meter.measure(team);
        System.out.println("\n" + peaks.describe() + "\n" + TABLE.head());
        lines.write(PeakLines.fields(peaks));
        for (Kernel kernel : Kernel.values()) {
          if (kernel.method.matches(kernels)) {
            for (Precision precision : Precision.of(Kernels.class)) {
              if (kernel.takes(precision)) {
                lines.write(row(kernel, precision, run(kernel, precision, team), peaks));
              }
            }
          }
        }
      }
      System.out.println("\n" + lines.file());
    }
    return 0;
  }

  /** One at a time, so that its row appears as soon as it is measured. */
  private RunResult run(Kernel kernel, Precision precision, int team) throws RunnerException {
    Options options =
        new OptionsBuilder()
            .include(Pattern.quote(KernelBench.class.getName() + "." + kernel.method) + "$")
            .param("workers", String.valueOf(team))
            .param("precision", precision.name())
            .jvmArgs("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow")
            .forks(1)
            .warmupIterations(1)
            .warmupTime(TimeValue.milliseconds(500))
            .measurementIterations(output.quick() ? 1 : 3)
            .measurementTime(TimeValue.milliseconds(500))
            .verbosity(VerboseMode.SILENT)
            .build();
    return new Runner(options).runSingle();
  }

  private static Map<String, Object> row(
      Kernel kernel, Precision precision, RunResult result, Peaks peaks) {
    Statistics times = result.getPrimaryResult().getStatistics();
    double median = times.getPercentile(50);
    OptionalDouble percent = peaks.percent(precision.arithmetic(), kernel.flops, median);
    System.out.println(
        TABLE.line(
            kernel.title,
            precision,
            peaks.threads(),
            Table.number(median, 4),
            Table.number(times.getPercentile(10), 4),
            Table.number(times.getPercentile(90), 4),
            Table.number(percent, 1)));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("case", kernel.title);
    fields.put("implementation", Compiled.NAME);
    fields.put("precision", precision.label());
    fields.put("workers", peaks.threads());
    fields.put("median_ms", median);
    fields.put("p10_ms", times.getPercentile(10));
    fields.put("p90_ms", times.getPercentile(90));
    fields.put("percent_of_peak", percent);
    fields.put("ratio_to_peer", OptionalDouble.empty());
    return fields;
  }
}
