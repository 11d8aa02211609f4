package dev.tilewright.pim.timing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.pim.Products;
import dev.tilewright.pim.command.ChannelSet;
import dev.tilewright.pim.command.Command;
import dev.tilewright.pim.command.Source;
import dev.tilewright.pim.command.StreamBuilder;
import dev.tilewright.pim.device.Device;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Times that the public AiM simulator gives. */
class PublishedTimesTest {
  private static final Device AIM = Device.named("aim-gddr6");

  private static long gemv(int outputs, int inputs) {
    return new TimingSimulator(AIM).run(Products.gemv(AIM, outputs, inputs)).cycles();
  }

  @Test
  void products() {
    assertThat(gemv(1024, 1024)).isEqualTo(700);
    assertThat(gemv(4096, 4096)).isEqualTo(9664);
  }

  /** {@code sum over chunks of 2 ops + groups (158 + 2 ops)}. */
  @ParameterizedTest
  @CsvSource({"512,512", "512,1024", "1536,768", "1024,4096", "5120,2048", "2048,16"})
  void closedForm(int outputs, int inputs) {
    int chunks = Math.max(1, inputs / 1024);
    int ops = Math.min(64, inputs / 16);
    int groups = outputs / 512;
    assertThat(gemv(outputs, inputs))
        .isEqualTo((long) chunks * (2 * ops + groups * (158 + 2 * ops)));
  }

  @Test
  void streamingRowsTakes226CyclesEach() {
    TimingReport some = streamed(10);
    TimingReport more = streamed(110);
    assertThat(more.cycles() - some.cycles()).isEqualTo(100 * 226);
    assertThat(64 * 2 / 226.0).isCloseTo(0.566, within(0.0005));
    assertThat(more.rowHits(DramCommand.MAC_ALL)).isEqualTo(63 / 64.0);
  }

  private static TimingReport streamed(int rows) {
    ChannelSet all = ChannelSet.first(32);
    StreamBuilder stream = new StreamBuilder(AIM);
    for (int row = 0; row < rows; row++) {
      stream.add(new Command.MultiplyAll(all, row, 0, 64, 0, 0, Source.BUFFER));
    }
    return new TimingSimulator(AIM).run(stream.end());
  }
}
