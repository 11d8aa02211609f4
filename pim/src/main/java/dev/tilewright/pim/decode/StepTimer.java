package dev.tilewright.pim.decode;

import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.controller.VectorUnit;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.timing.TimingReport;
import dev.tilewright.pim.timing.TimingSimulator;
import dev.tilewright.pim.view.SpanChart;
import dev.tilewright.pim.view.SpanChart.Row;
import dev.tilewright.pim.view.SpanChart.Span;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.ObjDoubleConsumer;

/**
 * Times decode steps: pieces of work one after the other, each stream from closed rows. Streams of
 * one part differ between layers in nothing but the rows, which all move by the same number, so
 * that one of them is simulated.
 */
public final class StepTimer {
  private final Device device;
  private final TimingSimulator simulator;
  private final VectorUnit unit;

  public StepTimer(Device device, VectorUnit unit) {
    this.device = device;
    this.simulator = new TimingSimulator(device);
    this.unit = unit;
  }

  /** The time of a step of a {@link DecodePlan} for the timer's device. */
  public StepTime time(List<Work> step) {
    StepTime time = new StepTime(device);
    each(step, time::add, time::add);
    return time;
  }

  /**
   * The pieces of a step on one clock, what memory and controller do a row each.
   *
   * @param name what the chart is called
   */
  public SpanChart chart(String name, List<Work> step) {
    List<Span> memory = new ArrayList<>();
    List<Span> controller = new ArrayList<>();
    double[] now = {0};
    each(
        step,
        (part, report) -> now[0] = add(memory, now[0], part, report.seconds()),
        (part, seconds) -> now[0] = add(controller, now[0], part, seconds));
    Row first = new Row("memory", memory);
    return new SpanChart(name, now[0], List.of(first, new Row("controller", controller)));
  }

  private static double add(List<Span> spans, double now, Work.Part part, double seconds) {
    String name = part.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    spans.add(new Span(now, now + seconds, name, "", false));
    return now + seconds;
  }

  private void each(
      List<Work> step,
      BiConsumer<Work.Part, TimingReport> onMemory,
      ObjDoubleConsumer<Work.Part> onController) {
    Map<Work.Part, Timed> streams = new EnumMap<>(Work.Part.class);
    for (Work work : step) {
      switch (work) {
        case Work.OnMemory(Work.Part part, CommandStream stream) -> {
          Timed timed = streams.get(part);
          if (timed == null || timed.commands() != stream.commands().size()) {
            timed = new Timed(stream.commands().size(), simulator.run(stream));
            streams.put(part, timed);
          }
          onMemory.accept(part, timed.report());
        }
        case Work.OnController on ->
            onController.accept(on.part(), on.times() * unit.seconds(on.function(), on.length()));
      }
    }
  }

  private record Timed(int commands, TimingReport report) {}
}
