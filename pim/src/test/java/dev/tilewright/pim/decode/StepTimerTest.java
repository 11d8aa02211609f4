package dev.tilewright.pim.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.controller.Arithmetic;
import dev.tilewright.pim.controller.Controller;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.map.MatrixMap;
import dev.tilewright.pim.map.Product;
import dev.tilewright.pim.map.RowAllocator;
import dev.tilewright.pim.timing.Energy;
import dev.tilewright.pim.timing.TimingSimulator;
import dev.tilewright.pim.view.SpanChart;
import dev.tilewright.pim.view.SpanPage;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepTimerTest {
  private static final Device DEVICE = Device.named("pim-gpt");
  private static final Controller CONTROLLER = new Controller(Arithmetic.FP32, 1e9, 128);
  private static final TransformerSize SIZE = TransformerSize.PIM_GPT.getFirst();

  /** That layers share their times is proven by timing each. */
  @Test
  void aStepTakesWhatItsPiecesTake() {
    TransformerSize size = new TransformerSize("four", 4, 320, 5, 1300, 999, 300);
    List<Work> step = new DecodePlan(DEVICE, size).step(7, 200);
    TimingSimulator simulator = new TimingSimulator(DEVICE);
    double seconds = 0;
    long bytes = 0;
    double joules = 0;
    for (Work work : step) {
      switch (work) {
        case Work.OnMemory(Work.Part part, CommandStream stream) -> {
          seconds += simulator.run(stream).seconds();
          bytes += simulator.run(stream).busBytes();
          Energy energy = Energy.of(DEVICE, simulator.run(stream));
          joules += energy.multiply() + energy.activate() + energy.data();
        }
        case Work.OnController on ->
            seconds += on.times() * CONTROLLER.seconds(on.function(), on.length());
      }
    }
    StepTime time = new StepTimer(DEVICE, CONTROLLER).time(step);
    assertThat(time.seconds()).isCloseTo(seconds, within(1e-12));
    assertThat(time.bytes()).isEqualTo(bytes);
    assertThat(time.joules()).isCloseTo(joules, within(1e-9)).isPositive();
    double parts = 0;
    for (Work.Part part : Work.Part.values()) {
      parts += time.seconds(part);
    }
    assertThat(parts).isCloseTo(time.seconds(), within(1e-12));
  }

  /** Two groups share their switches, which a group alone pays: 158 + 2 * 64 cycles. */
  @Test
  void accumulatorsShortenAProduct() {
    Device device = Device.named("aim-gddr6");
    Product product = new Product(MatrixMap.of(new RowAllocator(device), "w", 4096, 1024));
    long cycles = new TimingSimulator(device).run(product.stream()).cycles();
    assertThat(cycles).isLessThan(2 * 64 + 8 * (158 + 2 * 64)).isGreaterThan(8 * 226);
  }

  @Test
  void rowsStayOpenAsThePaperReports() {
    StepTime time = PimGptReport.time(DEVICE, new DecodePlan(DEVICE, SIZE), 1e9, 128);
    assertThat(time.rowHits()).isBetween(0.975, 0.99);
    assertThat(SIZE.bytesOfAStep(1024)).isGreaterThan(50 * time.bytes());
  }

  @Test
  void timeGrowsWithTheContext() {
    DecodePlan plan = new DecodePlan(DEVICE, SIZE);
    StepTimer timer = new StepTimer(DEVICE, CONTROLLER);
    double last = 0;
    for (int position : new int[] {0, 127, 128, 511, 1023}) {
      double seconds = timer.time(plan.step(0, position)).seconds();
      assertThat(seconds).isGreaterThan(last);
      last = seconds;
    }
  }

  @Test
  void aSlowerControllerTakesTenTimesAsLong() {
    List<Work> step = new DecodePlan(DEVICE, SIZE).step(0, 1023);
    StepTime fast = new StepTimer(DEVICE, CONTROLLER).time(step);
    Controller controller = new Controller(Arithmetic.FP32, 1e8, 128);
    StepTime slow = new StepTimer(DEVICE, controller).time(step);
    assertThat(slow.controllerSeconds()).isCloseTo(10 * fast.controllerSeconds(), within(1e-12));
    assertThat(slow.otherShare()).isGreaterThan(fast.otherShare());
  }

  @Test
  void theChartIsTheStepOnOneClock() {
    List<Work> step = new DecodePlan(DEVICE, SIZE).step(0, 200);
    StepTimer timer = new StepTimer(DEVICE, CONTROLLER);
    SpanChart chart = timer.chart("a token", step);
    StepTime time = timer.time(step);
    assertThat(chart.seconds()).isCloseTo(time.seconds(), within(1e-12));
    List<SpanChart.Span> all =
        chart.rows().stream()
            .flatMap(r -> r.spans().stream())
            .sorted(Comparator.comparingDouble(SpanChart.Span::from))
            .toList();
    assertThat(all).hasSameSizeAs(step);
    double end = 0;
    for (SpanChart.Span span : all) {
      assertThat(span.from()).isCloseTo(end, within(1e-12));
      end = span.to();
    }
    double scores =
        all.stream()
            .filter(s -> s.name().equals("scores"))
            .mapToDouble(s -> s.to() - s.from())
            .sum();
    assertThat(scores).isCloseTo(time.seconds(Work.Part.SCORES), within(1e-12));
    assertThat(SpanPage.of("a <token>", "\"one\" & two", List.of(chart)))
        .contains("getContext('2d')", "a &lt;token>", "\"weighted sum\"", "&amp; two")
        .doesNotContain("%DATA%");
  }
}
