package dev.tilewright.bench.mode;

import dev.tilewright.bench.peer.Compiled;
import dev.tilewright.bench.peer.OnnxRuntime;
import dev.tilewright.bench.process.Steady;
import dev.tilewright.bench.report.JsonLines;
import dev.tilewright.bench.report.Table;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a call costs besides its work. */
@Command(
    name = "steady",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Bytes allocated on the Java heap and system calls (by perf) of a steady call.")
public final class SteadyMode implements Callable<Integer> {
  private static final Table TABLE =
      new Table(
          new Table.Column("by", -12),
          new Table.Column("workers", 7),
          new Table.Column("bytes/call", 11),
          new Table.Column("system calls/call", 18));

  @Option(
      names = "--workers",
      split = ",",
      defaultValue = "1,2",
      description = "Numbers of threads, separated by commas (default: ${DEFAULT-VALUE}).")
  private List<Integer> workers;

  @Mixin private Output output;

  private SteadyMode() {}

  @Override
  public Integer call() throws Exception {
    try (JsonLines lines = output.open("steady")) {
      System.out.println("\n" + TABLE.head());
      for (int team : workers) {
        for (String implementation : List.of(Compiled.NAME, OnnxRuntime.NAME)) {
          lines.write(row(implementation, team, Steady.measure(implementation, team)));
        }
      }
      System.out.println("\n" + lines.file());
    }
    return 0;
  }

  private static Map<String, Object> row(String implementation, int workers, Steady steady) {
    System.out.println(
        TABLE.line(
            implementation,
            workers,
            Table.number(steady.bytes(), 1),
            Table.number(steady.systemCalls(), 3)));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("case", "steady 1x8");
    fields.put("implementation", implementation);
    fields.put("precision", "fp32");
    fields.put("workers", workers);
    fields.put("bytes_per_call", steady.bytes());
    fields.put("system_calls_per_call", steady.systemCalls());
    return fields;
  }
}
