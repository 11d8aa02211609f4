package dev.tilewright.pim.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.pim.device.Device;
import org.junit.jupiter.api.Test;

class OverlapTest {
  @Test
  void stagesOverlapButForTheirEnds() {
    assertThat(Overlap.pipeline(8, 4, 1)).isEqualTo(12);
    assertThat(Overlap.pipeline(8, 4, 4)).isEqualTo(8 + 1);
    assertThat(Overlap.pipeline(4, 8, 4)).isEqualTo(1 + 8);
    assertThat(Overlap.pipeline(8, 0, 4)).isEqualTo(8);
  }

  @Test
  void aHeadsSumWaitsForItsSoftmax() {
    // one chunk: softmax begins when all scores are known; sums of a head hide behind the next
    assertThat(Overlap.attention(8, 4, 4, 4, 4)).isEqualTo(8 + 4 + 1);
    // a head at a time: softmax of all but the last hides behind scores
    assertThat(Overlap.attention(8, 4, 4, 4, 1)).isEqualTo(8 + 1 + 1 + 3 - 1);
    assertThat(Overlap.attention(8, 0, 4, 4, 1)).isEqualTo(12);
    assertThat(Overlap.attention(4, 40, 4, 4, 4)).isEqualTo(4 + 40 + 1);
  }

  /** Between all memory and controller in turns, and whichever of the two is busier. */
  @Test
  void stepsShortenWithinBounds() {
    Device device = Device.named("pim-gpt");
    for (TransformerSize size : TransformerSize.PIM_GPT.subList(0, 2)) {
      DecodePlan plan = new DecodePlan(device, size);
      for (double hertz : new double[] {1e9, 1e8}) {
        StepTime time = PimGptReport.time(device, plan, hertz, 128);
        double controller = time.controllerSeconds();
        assertThat(Overlap.seconds(plan, time))
            .isLessThan(time.seconds())
            .isGreaterThan(Math.max(controller, time.seconds() - controller));
      }
      assertThat(Overlap.seconds(plan, PimGptReport.time(device, plan, 1e15, 128)))
          .isCloseTo(PimGptReport.time(device, plan, 1e15, 128).seconds(), within(1e-9));
    }
  }
}
