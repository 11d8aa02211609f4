package dev.tilewright.pim.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.pim.batch.ChannelClock.Kind;
import dev.tilewright.pim.batch.ChannelClock.Slowdown;
import dev.tilewright.pim.batch.NeuPims.Assumptions;
import dev.tilewright.pim.batch.NeuPims.Sharing;
import dev.tilewright.pim.batch.Schedule.Span;
import dev.tilewright.pim.batch.Task.Unit;
import dev.tilewright.pim.command.Command;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.decode.TransformerSize;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.timing.TimingSimulator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NeuPimsTest {
  private static final TransformerSize SIZE =
      new TransformerSize("small", 3, 1024, 8, 4096, 1000, 512);
  private static final Device SINGLE = Device.named("neupims-single");
  private static final Device DUAL = Device.named("neupims-dual");
  private static final Assumptions IDEAL = Assumptions.IDEAL;

  private final NeuPims single = new NeuPims(SINGLE, SIZE, 1, Npu.NEUPIMS);
  private final NeuPims dual = new NeuPims(DUAL, SIZE, 1, Npu.NEUPIMS);
  private final Batch batch = Batch.of(512, 300, 32);

  @Test
  void workWaitsForWhatItNeeds() {
    for (boolean interleaved : new boolean[] {false, true}) {
      Schedule schedule = dual.step(batch, Sharing.MIXED, interleaved, Assumptions.SIMULATED);
      Set<Task> tasks = new HashSet<>();
      double[] free = new double[Unit.values().length];
      for (Span span : schedule.spans()) {
        assertThat(span.to() - span.from()).isGreaterThan(span.task().seconds() * (1 - 1e-9));
        assertThat(tasks).containsAll(span.task().after());
        for (Unit unit : Unit.values()) {
          if (unit == span.task().unit()) {
            assertThat(span.from())
                .isGreaterThanOrEqualTo(free[List.of(Unit.values()).indexOf(unit)]);
            free[List.of(Unit.values()).indexOf(unit)] = span.to();
          }
        }
        tasks.add(span.task());
      }
      assertThat(schedule.seconds()).isEqualTo(schedule.spans().getLast().to());
    }
  }

  /** With one row buffer everything waits for everything, so that a step is the sum of its work. */
  @Test
  void aBlockedStepTakesWhatItsWorkTakes() {
    Schedule schedule = single.step(batch, Sharing.BLOCKED, false, Assumptions.SIMULATED);
    for (Span memory : schedule.spans()) {
      if (memory.task().unit() == Unit.MEMORY) {
        assertThat(schedule.spans())
            .noneMatch(
                s ->
                    s.task().unit() != Unit.MEMORY
                        && s.from() < memory.to() - 1e-12
                        && s.to() > memory.from() + 1e-12);
      }
    }
    assertThat(schedule.busy(Unit.ARRAYS) + schedule.busy(Unit.LANES) + schedule.busy(Unit.MEMORY))
        .isCloseTo(1, within(1e-9));
  }

  @Test
  void aStepIsNoShorterThanItsBusiestUnit() {
    Schedule schedule = dual.step(batch, Sharing.MIXED, true, IDEAL);
    for (Unit unit : Unit.values()) {
      assertThat(schedule.busy(unit)).isBetween(0.0, 1 + 1e-9);
    }
    assertThat(schedule.seconds()).isGreaterThanOrEqualTo(dual.computing(512) * (1 - 1e-9));
    assertThat(schedule.seconds())
        .isLessThan(dual.step(batch, Sharing.BLOCKED, false, IDEAL).seconds());
  }

  @Test
  void twoRowBuffersDisturbLess() {
    for (Kind kind : Kind.values()) {
      for (double load : new double[] {0.25, 0.5, 1}) {
        Slowdown two = dual.clock().slowdown(kind, load, false);
        double together = dual.clock().slowdown(kind, load, true).units();
        assertThat(two.units()).isBetween(1.0, together);
        assertThat(two.reads()).isBetween(1.0, together);
        assertThat(together).isLessThan(single.clock().slowdown(kind, load, false).units());
      }
      assertThat(dual.clock().slowdown(kind, 0, false)).isEqualTo(Slowdown.NONE);
    }
  }

  /** Reads beside a stream change neither its commands nor their order. */
  @Test
  void mixingKeepsBothOrders() {
    CommandStream mixed = dual.clock().scoresWithReads(300);
    List<Command> reads =
        mixed.commands().stream().filter(c -> c instanceof Command.ReadBank).toList();
    List<Command> rest =
        mixed.commands().stream().filter(c -> !(c instanceof Command.ReadBank)).toList();
    assertThat(rest.getLast()).isInstanceOf(Command.End.class);
    Device channel = dual.clock().channel();
    int row = ((Command.ReadBank) reads.getFirst()).row();
    assertThat(reads).isEqualTo(MixedStream.reads(channel, row, reads.size()));
    assertThat(new HashSet<>(reads)).hasSameSizeAs(reads);
    assertThat(rest)
        .filteredOn(c -> c instanceof Command.MultiplyAll)
        .allSatisfy(c -> assertThat(((Command.MultiplyAll) c).row()).isLessThan(row));
    TimingSimulator simulator = new TimingSimulator(channel);
    double alone =
        simulator.run(new CommandStream(channel.name(), mixed.bindings(), rest)).seconds();
    assertThat(dual.clock().seconds(Kind.SCORES, 300)).isEqualTo(alone);
  }

  @Test
  void aBatchSpreadsItsTokens() {
    assertThat(batch.channels()).hasSize(32);
    int sum = 0;
    for (List<Integer> channel : batch.channels()) {
      int tokens = channel.stream().mapToInt(Integer::intValue).sum();
      assertThat(tokens).isBetween(batch.tokens() / 32 - 150, batch.tokens() / 32 + 150);
      sum += tokens;
    }
    assertThat(sum).isEqualTo(batch.tokens());
    assertThat(batch.half(0).tokens() + batch.half(1).tokens()).isEqualTo(batch.tokens());
  }

  @Test
  void arraysNeedRowsToBeBusy() {
    Npu npu = new Npu(2, 4, 8, 1e9);
    assertThat(npu.product(4, 8, 8)).isEqualTo(2 * 4 / 1e9);
    assertThat(npu.product(1, 8, 8)).isEqualTo(npu.product(4, 8, 8));
    assertThat(npu.product(5, 8, 8)).isEqualTo(2 * 5 / 1e9);
    assertThat(npu.softmax(9)).isEqualTo(12 / 1e9);
  }

  @Test
  void errorsAndPage() {
    assertThatThrownBy(() -> new NeuPims(DUAL, SIZE, 3, Npu.NEUPIMS))
        .hasMessageContaining("3 devices do not divide 8 heads");
    assertThat(dual.fits(batch)).isTrue();
    assertThat(new NeuPims(DUAL, NeuPims.GPT3_7B, 1, Npu.NEUPIMS).fits(Batch.of(512, 1024, 32)))
        .isFalse();
    String page =
        SchedulePage.of(
            "a <b>", Map.of("x", dual.step(batch, Sharing.MIXED, true, Assumptions.SIMULATED)));
    assertThat(page)
        .contains("a &lt;b>")
        .contains("\"name\":\"units in the banks\"")
        .contains("\"weighted sum\",\"layer 2, second half\",1]")
        .doesNotContain("%DATA%", "%NOTE%");
  }
}
