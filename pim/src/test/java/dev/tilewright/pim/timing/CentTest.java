package dev.tilewright.pim.timing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CENT's published times of a block of Llama2-7B in memory, in milliseconds. */
class CentTest {
  private static final Device AIM = Device.named("aim-gddr6").with(Parameter.ACCUMULATORS, 32);

  @ParameterizedTest
  @CsvSource({"128, 0.212793", "1024, 0.249081", "4096, 0.381391"})
  void aBlock(int tokens, double milliseconds) {
    TimingReport report = new TimingSimulator(AIM).run(CentBlock.stream(AIM, tokens));
    assertThat(report.seconds() * 1e3).isCloseTo(milliseconds, withinPercentage(0.5));
  }
}
