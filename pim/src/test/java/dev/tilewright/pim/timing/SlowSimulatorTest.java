package dev.tilewright.pim.timing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.pim.RandomStreams;
import dev.tilewright.pim.command.Command;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both statements of the rules issue the same commands in the same cycles. */
class SlowSimulatorTest {
  private static final Device AIM = Device.named("aim-gddr6").with(Parameter.CHANNELS, 3);
  private static final Device DUAL = Device.named("neupims-dual").with(Parameter.CHANNELS, 2);

  @Test
  void agreesCycleForCycle() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 1200; i++) {
      CommandStream stream = new RandomStreams(AIM, random.split()).next(3 + random.nextInt(20));
      compare("stream " + i, AIM, stream, i % 3 == 0);
    }
  }

  @Test
  void agreesWithTwoRowBuffers() {
    SplittableRandom random = new SplittableRandom(8);
    Device inOrder = DUAL.with(Parameter.OVERTAKE, 0);
    for (int i = 0; i < 400; i++) {
      CommandStream stream = new RandomStreams(DUAL, random.split()).next(3 + random.nextInt(30));
      compare("stream " + i, inOrder, stream, false);
    }
  }

  /** Bursts of ordinary reads and writes among the rest, with little patience and with much. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 32})
  void agreesOutOfOrder(int overtake) {
    SplittableRandom random = new SplittableRandom(9 + overtake);
    Device aim = AIM.with(Parameter.OVERTAKE, overtake);
    Device dual = DUAL.with(Parameter.OVERTAKE, overtake);
    for (int i = 0; i < 200; i++) {
      int length = 3 + random.nextInt(12);
      CommandStream stream = new RandomStreams(aim, random.split(), true).next(length);
      compare("stream " + i, aim, stream, i % 3 == 0);
      stream = new RandomStreams(dual, random.split(), true).next(length);
      compare("stream " + i + ", two row buffers", dual, stream, false);
    }
  }

  /**
   * Streams of PIM beside another host's reads and writes of whole rows and of scattered places.
   */
  @Test
  void agreesBesideAnotherHost() {
    SplittableRandom random = new SplittableRandom(31);
    for (int i = 0; i < 300; i++) {
      Device device = DUAL.with(Parameter.OVERTAKE, i % 3 == 0 ? 0 : random.nextInt(1, 40));
      CommandStream stream = new RandomStreams(device, random.split()).next(2 + random.nextInt(20));
      List<Command> others =
          stream.commands().stream().filter(c -> !SlowSimulator.ordinary(c)).toList();
      stream = new CommandStream(stream.device(), stream.bindings(), others);
      List<Traffic.Request> requests = new ArrayList<>();
      int rows = 1 + random.nextInt(3);
      for (int run = 0; run < 20; run++) {
        int bank = random.nextInt(device.banks());
        int row = random.nextInt(rows);
        boolean write = random.nextInt(5) == 0;
        for (int c = random.nextInt(32); c >= 0; c--) {
          requests.add(new Traffic.Request(write, bank, row));
        }
      }
      compare(
          "stream " + i,
          device,
          stream,
          false,
          new Traffic(requests, random.nextInt(3) * random.nextDouble()));
    }
  }

  private static void compare(String name, Device device, CommandStream stream, boolean refreshed) {
    compare(name, device, stream, refreshed, null);
  }

  private static void compare(
      String name, Device device, CommandStream stream, boolean refreshed, Traffic traffic) {
    List<String> log = new ArrayList<>();
    long cycles =
        new TimingSimulator(
                device,
                refreshed,
                (channel, command, bank, row, cycle) ->
                    log.add(cycle + " " + channel + " " + command))
            .run(stream, traffic)
            .cycles();
    SlowSimulator slow =
        new SlowSimulator(
            device.channels(),
            refreshed,
            device.dualRowBuffer(),
            device.of(Parameter.OVERTAKE),
            traffic);
    long expected = slow.run(stream);
    List<String> slowLog = slow.log();
    if (refreshed) { // idle channels refresh only as far as somebody asks
      for (List<String> one : List.of(log, slowLog)) {
        one.removeIf(
            line -> line.endsWith("REF") || line.endsWith("PRE_ALL") || line.endsWith("TMOD"));
      }
    }
    Collections.sort(log);
    Collections.sort(slowLog);
    assertThat(log).as(name).isEqualTo(slowLog);
    assertThat(cycles).as(name).isEqualTo(expected);
  }
}
