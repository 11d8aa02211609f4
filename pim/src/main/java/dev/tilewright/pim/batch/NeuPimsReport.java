package dev.tilewright.pim.batch;

import dev.tilewright.pim.batch.ChannelClock.Kind;
import dev.tilewright.pim.batch.ChannelClock.Slowdown;
import dev.tilewright.pim.batch.NeuPims.Assumptions;
import dev.tilewright.pim.batch.NeuPims.Sharing;
import dev.tilewright.pim.batch.Task.Unit;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Tables of batched decode with and without dual row buffers and interleaved halves of a batch. */
public final class NeuPimsReport {
  private static final int[] REQUESTS = {64, 128, 256, 512};
  private static final int[] TOKENS = {128, 384, 1024};

  private final NeuPims single = neuPims(Device.named("neupims-single"));
  private final NeuPims dual = neuPims(Device.named("neupims-dual"));

  private static NeuPims neuPims(Device device) {
    return new NeuPims(device, NeuPims.GPT3_7B, NeuPims.DEVICES, Npu.NEUPIMS);
  }

  /** Of the device with two row buffers. */
  public NeuPims dual() {
    return dual;
  }

  private static Batch batch(int requests, int tokens) {
    return Batch.of(requests, tokens, Device.named("neupims-dual").channels());
  }

  /** The head of {@link #rows}. */
  public static String head() {
    return """
    | requests | tokens | one row buffer, ms | two, mixed | two, interleaved | one, mixed: two are faster by | arrays compute | interleaved |
    |---:|---:|---:|---:|---:|---:|---:|---:|
    """;
  }

  /** Gives a Markdown row for each batch that fits, as soon as it is there. */
  public void rows(Assumptions assumptions, Consumer<String> to) {
    for (int requests : REQUESTS) {
      for (int tokens : TOKENS) {
        Batch batch = batch(requests, tokens);
        if (dual.fits(batch)) {
          to.accept(row(batch, requests, tokens, assumptions));
        }
      }
    }
  }

  private String row(Batch batch, int requests, int tokens, Assumptions assumptions) {
    double blocked = single.step(batch, Sharing.BLOCKED, false, assumptions).seconds();
    double mixed = single.step(batch, Sharing.MIXED, true, assumptions).seconds();
    double both = dual.step(batch, Sharing.MIXED, false, assumptions).seconds();
    double interleaved = dual.step(batch, Sharing.MIXED, true, assumptions).seconds();
    double computing = dual.computing(requests);
    return String.format(
        Locale.ROOT,
        "| %d | %d | %.2f | %+.1f %% | %.2fx | %+.1f %% | %.0f %% | %.0f %% |%n",
        requests,
        tokens,
        1e3 * blocked,
        100 * (blocked / both - 1),
        blocked / interleaved,
        100 * (mixed / interleaved - 1),
        100 * computing / blocked,
        100 * computing / interleaved);
  }

  /** How reads and multiplications disturb each other. */
  public String contention() {
    StringBuilder table =
        new StringBuilder(
            """
            | reads take, alone, of the time | scores, one row buffer | two | reads beside | weighted sums, one | two | reads beside |
            |---:|---:|---:|---:|---:|---:|---:|
            """);
    for (double load : new double[] {0.25, 0.5, 1}) {
      table.append(String.format(Locale.ROOT, "| %.0f %% ", 100 * load));
      for (Kind kind : Kind.values()) {
        Slowdown two = dual.clock().slowdown(kind, load, false);
        table.append(
            String.format(
                Locale.ROOT,
                "| %.2fx | %.2fx | %.2fx ",
                single.clock().slowdown(kind, load, true).units(),
                two.units(),
                two.reads()));
      }
      table.append("|\n");
    }
    return table.toString();
  }

  private record Change(Parameter parameter, double value) {}

  /** One batch under assumptions that change one by one. */
  public String causes(int requests, int tokens) {
    StringBuilder table =
        new StringBuilder(
            """
            | assumption | one row buffer, ms | two, mixed | two, interleaved | arrays busy | memory busy |
            |---|---:|---:|---:|---:|---:|
            """);
    Batch batch = batch(requests, tokens);
    Assumptions simulated = Assumptions.SIMULATED;
    cause("as simulated", single, dual, batch, simulated, table);
    Change inOrder = new Change(Parameter.OVERTAKE, 0);
    Change oneBus = new Change(Parameter.COMMAND_BUSES, 1);
    Change columns = new Change(Parameter.COMPOSITE, 1);
    Change biases = new Change(Parameter.CLEAR_ON_READ, 0);
    Change atOnce = new Change(Parameter.ACTIVATE_ALL, 0);
    Change restored = new Change(Parameter.ACTIVATE_OTHER_BUFFER, 34);
    Assumptions oneHost = new Assumptions(true, true, false, true, true);
    change("reads in order", batch, simulated, table, inOrder);
    change("one command bus", batch, simulated, table, oneBus);
    change("a command for each column", batch, simulated, table, columns);
    change("a command for each column, one bus", batch, simulated, table, columns, oneBus);
    change("accumulators set over the bus", batch, simulated, table, biases);
    change("a bank's buffers open 34 cycles apart, not 6", batch, simulated, table, restored);
    cause("reads wait for the units' answers", single, dual, batch, oneHost, table);
    change("all banks open at once", batch, simulated, table, atOnce);
    change(
        "all of these", batch, oneHost, table, inOrder, oneBus, columns, biases, restored, atOnce);
    cause("no contention", single, dual, batch, Assumptions.IDEAL, table);
    Assumptions once = new Assumptions(true, true, true, true, false);
    cause("weights read once for both halves", single, dual, batch, once, table);
    Assumptions free = new Assumptions(true, true, false, false, false);
    cause("caches grow for nothing", single, dual, batch, free, table);
    return table.toString();
  }

  private static void change(
      String name, Batch batch, Assumptions assumptions, StringBuilder table, Change... changes) {
    Device one = Device.named("neupims-single");
    Device two = Device.named("neupims-dual");
    for (Change change : changes) {
      one = one.with(change.parameter(), change.value());
      two = two.with(change.parameter(), change.value());
    }
    cause(name, neuPims(one), neuPims(two), batch, assumptions, table);
  }

  private static void cause(
      String name,
      NeuPims one,
      NeuPims two,
      Batch batch,
      Assumptions assumptions,
      StringBuilder table) {
    double blocked = one.step(batch, Sharing.BLOCKED, false, assumptions).seconds();
    double both = two.step(batch, Sharing.MIXED, false, assumptions).seconds();
    Schedule interleaved = two.step(batch, Sharing.MIXED, true, assumptions);
    table.append(
        String.format(
            Locale.ROOT,
            "| %s | %.2f | %+.1f %% | %.2fx | %.0f %% | %.0f %% |%n",
            name,
            1e3 * blocked,
            100 * (blocked / both - 1),
            blocked / interleaved.seconds(),
            100 * interleaved.busy(Unit.ARRAYS),
            100 * interleaved.busy(Unit.MEMORY)));
  }

  /**
   * Schedules of one batch: one row buffer, two, and two with interleaved halves; and the last
   * without what reads and multiplications cost each other, at the bus's rate.
   */
  public Map<String, Schedule> schedules(int requests, int tokens) {
    Batch batch = batch(requests, tokens);
    Assumptions simulated = Assumptions.SIMULATED;
    Map<String, Schedule> schedules = new LinkedHashMap<>();
    schedules.put("One row buffer", single.step(batch, Sharing.BLOCKED, false, simulated));
    schedules.put("Two row buffers", dual.step(batch, Sharing.MIXED, false, simulated));
    schedules.put(
        "Two row buffers, interleaved halves", dual.step(batch, Sharing.MIXED, true, simulated));
    schedules.put(
        "Two row buffers, interleaved halves, no contention, the bus's rate",
        dual.step(batch, Sharing.MIXED, true, Assumptions.IDEAL));
    return schedules;
  }
}
