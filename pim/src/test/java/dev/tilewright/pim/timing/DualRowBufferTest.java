package dev.tilewright.pim.timing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.pim.RandomStreams;
import dev.tilewright.pim.command.ChannelSet;
import dev.tilewright.pim.command.Command;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.command.Source;
import dev.tilewright.pim.command.StreamBuilder;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a second row buffer in each bank changes. */
class DualRowBufferTest {
  private static final Device SINGLE = Device.named("neupims-single");
  private static final Device DUAL = Device.named("neupims-dual");

  /** Rows of weights are multiplied while a host fetches others. */
  private static CommandStream mixed(Device device) {
    ChannelSet one = ChannelSet.of(0);
    StreamBuilder stream = new StreamBuilder(device);
    for (int i = 0; i < 64; i++) {
      stream.add(new Command.MultiplyAll(one, i, 0, 32, 0, 0, Source.BUFFER));
      for (int column = 0; column < 16; column++) {
        stream.add(new Command.ReadMemory(0, i % 4, 1000, column, 0));
      }
    }
    return stream.end();
  }

  @Test
  void memoryAndPimOverlap() {
    TimingReport single = new TimingSimulator(SINGLE).run(mixed(SINGLE));
    TimingReport dual = new TimingSimulator(DUAL).run(mixed(DUAL));
    assertThat(dual.cycles()).isLessThan(single.cycles() * 4 / 5);
    assertThat(dual.rowHits(DramCommand.RD)).isGreaterThan(0.99);
    assertThat(single.rowHits(DramCommand.RD)).isLessThan(0.95);
    assertThat(dual.count(DramCommand.RD)).isEqualTo(single.count(DramCommand.RD));
  }

  @Test
  void pimAloneTakesAsLong() {
    ChannelSet one = ChannelSet.of(0);
    StreamBuilder stream = new StreamBuilder(SINGLE);
    for (int i = 0; i < 64; i++) {
      stream.add(new Command.MultiplyAll(one, i, 0, 32, 0, 0, Source.BUFFER));
    }
    CommandStream alone = stream.end();
    assertThat(new TimingSimulator(DUAL).run(alone).cycles())
        .isEqualTo(new TimingSimulator(SINGLE).run(alone).cycles());
  }

  /**
   * On random streams: one command a cycle and bus, but for columns that need none, and no bank
   * opens for both sides within tRRDB.
   */
  @Test
  void theSidesShareBusAndCells() {
    Device device = DUAL.with(Parameter.CHANNELS, 2);
    SplittableRandom random = new SplittableRandom(17);
    for (int i = 0; i < 200; i++) {
      CommandStream stream = new RandomStreams(device, random.split()).next(30);
      Map<String, Long> last = new HashMap<>();
      Map<String, Long> opened = new HashMap<>();
      TimingSimulator simulator =
          new TimingSimulator(
              device,
              i % 2 == 0,
              (channel, command, bank, row, cycle) -> {
                if (command != DramCommand.MAC_ALL) {
                  String bus = (command.row() ? "rows " : "rest ") + channel;
                  assertThat(cycle).isGreaterThan(last.getOrDefault(bus, -1L));
                  last.put(bus, cycle);
                }
                switch (command) {
                  case ACT -> {
                    apart(opened, "memory" + channel + "." + bank, cycle);
                    opened.put("pim" + channel + "." + bank, cycle);
                  }
                  case ACT_ALL -> {
                    for (int b = 0; b < device.banks(); b++) {
                      apart(opened, "memory" + channel + "." + b, cycle);
                      opened.put("pim" + channel + "." + b, cycle);
                    }
                  }
                  case ACT_MEMORY -> {
                    apart(opened, "pim" + channel + "." + bank, cycle);
                    opened.put("memory" + channel + "." + bank, cycle);
                  }
                  default -> {}
                }
              });
      assertThat(simulator.run(stream).cycles()).isPositive();
    }
  }

  private static void apart(Map<String, Long> opened, String other, long cycle) {
    assertThat(cycle - opened.getOrDefault(other, -1000L)).isGreaterThanOrEqualTo(6);
  }
}
