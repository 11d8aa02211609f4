package dev.tilewright.pim.batch;

import dev.tilewright.pim.batch.Schedule.Span;
import dev.tilewright.pim.batch.Task.Unit;
import dev.tilewright.pim.view.SpanChart;
import dev.tilewright.pim.view.SpanPage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Writes schedules, one below the other on one clock, as a page. */
public final class SchedulePage {
  private SchedulePage() {}

  /**
   * The page of some schedules.
   *
   * @param title what stands above
   * @param schedules by name
   */
  public static String of(String title, Map<String, Schedule> schedules) {
    List<SpanChart> charts =
        schedules.entrySet().stream().map(e -> chart(e.getKey(), e.getValue())).toList();
    return SpanPage.of(title, "The second half of a batch is drawn lighter.", charts);
  }

  private static SpanChart chart(String name, Schedule schedule) {
    return new SpanChart(
        name,
        schedule.seconds(),
        Arrays.stream(Unit.values()).map(unit -> row(schedule, unit)).toList());
  }

  private static SpanChart.Row row(Schedule schedule, Unit unit) {
    String name =
        switch (unit) {
          case ARRAYS -> "systolic arrays";
          case LANES -> "vector lanes";
          case MEMORY -> "units in the banks";
        };
    return new SpanChart.Row(
        name,
        schedule.spans().stream()
            .filter(s -> s.task().unit() == unit)
            .map(SchedulePage::span)
            .toList());
  }

  private static SpanChart.Span span(Span span) {
    Task task = span.task();
    String hint = "layer " + task.layer() + (task.part() == 0 ? "" : ", second half");
    return new SpanChart.Span(span.from(), span.to(), task.name(), hint, task.part() > 0);
  }
}
