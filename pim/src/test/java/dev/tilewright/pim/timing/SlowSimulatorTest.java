package dev.tilewright.pim.timing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.pim.RandomStreams;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Both statements of the rules issue the same commands in the same cycles. */
class SlowSimulatorTest {
  private static final Device AIM = Device.named("aim-gddr6").with(Parameter.CHANNELS, 3);

  @Test
  void agreesCycleForCycle() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 1200; i++) {
      boolean refreshed = i % 3 == 0;
      CommandStream stream = new RandomStreams(AIM, random.split()).next(3 + random.nextInt(20));
      List<String> log = new ArrayList<>();
      TimingSimulator simulator =
          new TimingSimulator(
              AIM,
              refreshed,
              (channel, command, bank, row, cycle) ->
                  log.add(cycle + " " + channel + " " + command));
      long cycles = simulator.run(stream).cycles();
      SlowSimulator slow = new SlowSimulator(3, refreshed, false);
      long expected = slow.run(stream);
      List<String> slowLog = slow.log();
      if (refreshed) { // idle channels refresh only as far as somebody asks
        slowLog.removeIf(line -> line.endsWith("REF") || line.endsWith("PRE_ALL"));
        log.removeIf(line -> line.endsWith("REF") || line.endsWith("PRE_ALL"));
        slowLog.removeIf(line -> line.endsWith("TMOD"));
        log.removeIf(line -> line.endsWith("TMOD"));
      }
      Collections.sort(log);
      Collections.sort(slowLog);
      assertThat(log).as("stream %d", i).isEqualTo(slowLog);
      assertThat(cycles).isEqualTo(expected);
    }
  }

  @Test
  void agreesWithTwoRowBuffers() {
    Device device = Device.named("neupims-dual").with(Parameter.CHANNELS, 2);
    SplittableRandom random = new SplittableRandom(8);
    for (int i = 0; i < 400; i++) {
      CommandStream stream = new RandomStreams(device, random.split()).next(3 + random.nextInt(30));
      List<String> log = new ArrayList<>();
      long cycles =
          new TimingSimulator(
                  device,
                  false,
                  (channel, command, bank, row, cycle) ->
                      log.add(cycle + " " + channel + " " + command))
              .run(stream)
              .cycles();
      SlowSimulator slow = new SlowSimulator(2, false, true);
      long expected = slow.run(stream);
      List<String> slowLog = slow.log();
      Collections.sort(log);
      Collections.sort(slowLog);
      assertThat(log).as("stream %d", i).isEqualTo(slowLog);
      assertThat(cycles).isEqualTo(expected);
    }
  }
}
