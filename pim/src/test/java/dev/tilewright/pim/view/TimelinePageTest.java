package dev.tilewright.pim.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.pim.Products;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.timing.TimingReport;
import dev.tilewright.pim.timing.TimingSimulator;
import org.junit.jupiter.api.Test;

class TimelinePageTest {
  private static final Device AIM = Device.named("aim-gddr6");

  @Test
  void aPageNeedsNothingElse() {
    String page = TimelinePage.of("1024 < 2048", AIM, Products.gemv(AIM, 1024, 1024));
    assertThat(page)
        .contains("1024 &lt; 2048", "700 cycles", "MAC_ALL", "\"host\":[[0,")
        .doesNotContain("http", "src=", "%DATA%");
  }

  @Test
  void everyCycleIsCounted() {
    CommandStream stream = Products.gemv(AIM, 1024, 2048);
    Timeline timeline = new Timeline(AIM);
    TimingReport report = new TimingSimulator(AIM, false, timeline).run(stream);
    for (int channel = 0; channel < AIM.channels(); channel++) {
      long sum = timeline.parts(channel).values().stream().mapToLong(c -> c).sum();
      assertThat(sum).isBetween(report.cycles() - 8, report.cycles());
      assertThat(timeline.parts(channel).get(Timeline.Part.MODE)).isPositive();
    }
    int columns =
        timeline.spans(0).stream()
            .filter(s -> Timeline.part(s.command()) == Timeline.Part.MULTIPLY)
            .mapToInt(Timeline.Span::count)
            .sum();
    assertThat(columns).isEqualTo(2 * 2 * 64);
  }
}
