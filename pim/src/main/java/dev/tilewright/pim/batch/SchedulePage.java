package dev.tilewright.pim.batch;

import dev.tilewright.pim.batch.Task.Unit;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes schedules, one below the other on one clock, as an HTML page that needs nothing else. */
public final class SchedulePage {
  private SchedulePage() {}

  /**
   * The page of some schedules.
   *
   * @param title what stands above
   * @param schedules by name
   */
  public static String of(String title, Map<String, Schedule> schedules) {
    try (InputStream file = SchedulePage.class.getResourceAsStream("schedule.html")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .replace("%TITLE%", title.replace("&", "&amp;").replace("<", "&lt;"))
          .replace("%DATA%", data(new LinkedHashMap<>(schedules)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String data(Map<String, Schedule> schedules) {
    return schedules.entrySet().stream()
        .map(
            e ->
                "{\"name\":\"%s\",\"seconds\":%s,\"units\":[%s]}"
                    .formatted(
                        e.getKey().replace("\"", "'"),
                        number(e.getValue().seconds()),
                        units(e.getValue())))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String units(Schedule schedule) {
    return Arrays.stream(Unit.values())
        .map(
            unit ->
                "{\"name\":\"%s\",\"busy\":%s,\"spans\":[%s]}"
                    .formatted(
                        unit.name().toLowerCase(Locale.ROOT),
                        number(schedule.busy(unit)),
                        spans(schedule, unit)))
        .collect(Collectors.joining(","));
  }

  private static String spans(Schedule schedule, Unit unit) {
    return schedule.spans().stream()
        .filter(s -> s.task().unit() == unit)
        .map(
            s ->
                "[%s,%s,\"%s\",%d,%d]"
                    .formatted(
                        number(s.from()),
                        number(s.to()),
                        s.task().name(),
                        s.task().layer(),
                        s.task().part()))
        .collect(Collectors.joining(","));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.9f", value);
  }
}
