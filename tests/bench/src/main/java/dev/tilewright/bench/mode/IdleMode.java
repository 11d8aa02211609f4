package dev.tilewright.bench.mode;

import dev.tilewright.bench.measure.Bursts;
import dev.tilewright.bench.measure.Samples;
import dev.tilewright.bench.peer.Batch;
import dev.tilewright.bench.peer.Cases;
import dev.tilewright.bench.peer.Contender;
import dev.tilewright.bench.report.JsonLines;
import dev.tilewright.bench.report.Progress;
import dev.tilewright.bench.report.Table;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How fast a call is after a pause. */
@Command(
    name = "idle",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Calls after a pause of 15 ms beside calls without one.")
public final class IdleMode implements Callable<Integer> {
  private static final Table TABLE =
      new Table(
          new Table.Column("by", -12),
          new Table.Column("precision", -13),
          new Table.Column("busy ms", 9),
          new Table.Column("after pause", 11),
          new Table.Column("p10", 8),
          new Table.Column("p90", 8),
          new Table.Column("ratio", 6));

  private static final int ROUNDS = 4;

  @Option(
      names = "--case",
      defaultValue = "1x32",
      description = "Sentences x tokens (default: ${DEFAULT-VALUE}).")
  private String name;

  @Option(
      names = "--workers",
      defaultValue = "2",
      description = "Threads (default: ${DEFAULT-VALUE}).")
  private int workers;

  @Option(
      names = "--pause",
      defaultValue = "15",
      description = "Milliseconds (default: ${DEFAULT-VALUE}).")
  private int pause;

  @Mixin private Contenders contenders;
  @Mixin private Output output;

  private IdleMode() {}

  @Override
  public Integer call() throws Exception {
    Batch batch = Cases.parse(name);
    Progress progress = new Progress(System.out, 1);
    List<Contender> loaded = contenders.load(workers, progress);
    List<Contender> all = loaded.stream().filter(each -> each.takes(batch)).toList();
    try (JsonLines lines = output.open("idle")) {
      progress.println("\n" + TABLE.head());
      List<Samples> busy = all.stream().map(_ -> new Samples()).toList();
      List<Samples> paused = all.stream().map(_ -> new Samples()).toList();
      for (Contender contender : all) {
        contender.prepare(batch);
      }
      for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < all.size(); i++) {
          measure(all.get(i), busy.get(i), paused.get(i));
        }
      }
      for (int i = 0; i < all.size(); i++) {
        lines.write(row(all.get(i), busy.get(i), paused.get(i)));
      }
      System.out.println("\n" + lines.file());
    } finally {
      loaded.forEach(Contender::close);
    }
    return 0;
  }

  private void measure(Contender contender, Samples busy, Samples paused) throws Exception {
    int calls = output.quick() ? 10 : 25;
    for (int i = 0; i < calls; i++) {
      contender.call();
    }
    for (int i = 0; i < 2 * calls; i++) {
      busy.add(Bursts.millis(contender::call));
    }
    for (int i = 0; i < calls; i++) {
      Thread.sleep(pause);
      paused.add(Bursts.millis(contender::call));
    }
  }

  private Map<String, Object> row(Contender contender, Samples busy, Samples paused) {
    double ratio = paused.median() / busy.median();
    System.out.println(
        TABLE.line(
            contender.name(),
            contender.precision(),
            Table.number(busy.median(), 3),
            Table.number(paused.median(), 3),
            Table.number(paused.quantile(0.1), 3),
            Table.number(paused.quantile(0.9), 3),
            Table.number(ratio, 2)));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("case", name + " after " + pause + " ms");
    fields.put("implementation", contender.name());
    fields.put("precision", contender.precision().label());
    fields.put("workers", workers);
    fields.put("median_ms", paused.median());
    fields.put("p10_ms", paused.quantile(0.1));
    fields.put("p90_ms", paused.quantile(0.9));
    fields.put("busy_ms", busy.median());
    fields.put("ratio_to_busy", ratio);
    return fields;
  }
}
