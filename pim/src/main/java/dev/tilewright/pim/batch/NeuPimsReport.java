package dev.tilewright.pim.batch;

import dev.tilewright.pim.batch.ChannelClock.Kind;
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

  private final NeuPims single = neuPims("neupims-single");
  private final NeuPims dual = neuPims("neupims-dual");

  private static NeuPims neuPims(String device) {
    return new NeuPims(Device.named(device), NeuPims.GPT3_7B, NeuPims.DEVICES, Npu.NEUPIMS);
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
            | reads take, alone, of the time | scores, one row buffer | two | weighted sums, one | two |
            |---:|---:|---:|---:|---:|
            """);
    for (double load : new double[] {0.25, 0.5, 1}) {
      table.append(
          String.format(
              Locale.ROOT,
              "| %.0f %% | %.2fx | %.2fx | %.2fx | %.2fx |%n",
              100 * load,
              single.clock().slowdown(Kind.SCORES, load),
              dual.clock().slowdown(Kind.SCORES, load),
              single.clock().slowdown(Kind.WEIGHTED_SUM, load),
              dual.clock().slowdown(Kind.WEIGHTED_SUM, load)));
    }
    return table.toString();
  }

  /** What makes reads and multiplications disturb each other with two row buffers. */
  public String delays() {
    StringBuilder table =
        new StringBuilder(
            """
            | memory | scores and as many reads | weighted sums and as many reads |
            |---|---:|---:|
            """);
    Device device = Device.named("neupims-dual");
    Device fast = device.with(Parameter.READ_LATENCY, 1);
    delay("as it is", device, table);
    delay("reads answer after 1 cycle, not 14", fast, table);
    delay(
        "rows stay open 10 cycles at least, not 34",
        device.with(Parameter.ACTIVATE_TO_PRECHARGE, 10),
        table);
    delay("both", fast.with(Parameter.ACTIVATE_TO_PRECHARGE, 10), table);
    return table.toString();
  }

  private static void delay(String name, Device device, StringBuilder table) {
    ChannelClock clock = new NeuPims(device, NeuPims.GPT3_7B, NeuPims.DEVICES, Npu.NEUPIMS).clock();
    table.append(
        String.format(
            Locale.ROOT,
            "| %s | %.2f | %.2f |%n",
            name,
            clock.slowdown(Kind.SCORES, 1) / 2,
            clock.slowdown(Kind.WEIGHTED_SUM, 1) / 2));
  }

  /** One batch under assumptions that change one by one. */
  public String causes(int requests, int tokens) {
    StringBuilder table =
        new StringBuilder(
            """
            | assumption | one row buffer, ms | two, mixed | two, interleaved | arrays busy | memory busy |
            |---|---:|---:|---:|---:|---:|
            """);
    Batch batch = batch(requests, tokens);
    cause("as simulated", batch, Assumptions.SIMULATED, table);
    cause("weights at the bus's rate", batch, new Assumptions(true, false, false, true), table);
    cause("no contention", batch, new Assumptions(false, true, false, true), table);
    cause("both", batch, new Assumptions(false, false, false, true), table);
    cause("and weights read once", batch, new Assumptions(false, false, true, true), table);
    cause("and caches grow for nothing", batch, new Assumptions(false, false, true, false), table);
    return table.toString();
  }

  private void cause(String name, Batch batch, Assumptions assumptions, StringBuilder table) {
    double blocked = single.step(batch, Sharing.BLOCKED, false, assumptions).seconds();
    double both = dual.step(batch, Sharing.MIXED, false, assumptions).seconds();
    Schedule interleaved = dual.step(batch, Sharing.MIXED, true, assumptions);
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
    Assumptions ideal = new Assumptions(false, false, false, true);
    schedules.put(
        "Two row buffers, interleaved halves, no contention, the bus's rate",
        dual.step(batch, Sharing.MIXED, true, ideal));
    return schedules;
  }
}
