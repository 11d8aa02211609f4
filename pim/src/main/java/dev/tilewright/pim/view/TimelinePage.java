package dev.tilewright.pim.view;

import dev.tilewright.pim.command.Command;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.command.StreamText;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.timing.Energy;
import dev.tilewright.pim.timing.TimingReport;
import dev.tilewright.pim.timing.TimingSimulator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes the timeline of a stream as one HTML page that needs nothing else. */
public final class TimelinePage {
  private TimelinePage() {}

  /**
   * The page of a stream, without refresh.
   *
   * @param title what stands above it
   */
  public static String of(String title, Device device, CommandStream stream) {
    Timeline timeline = new Timeline(device);
    TimingReport report = new TimingSimulator(device, false, timeline).run(stream);
    return template()
        .replace("%TITLE%", escape(title))
        .replace("%SUMMARY%", summary(device, report))
        .replace("%DATA%", data(device, stream, timeline, report));
  }

  private static String template() {
    try (InputStream file = TimelinePage.class.getResourceAsStream("timeline.html")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }

  private static String summary(Device device, TimingReport report) {
    Energy energy = Energy.of(device, report);
    return String.format(
        Locale.ROOT,
        "%s: %,d cycles, %.3f µs, %.2f µJ; %,d commands, row hits %.2f %%, %,d mode switches,"
            + " bus busy %.1f %%, banks busy %.1f %%, %,d bytes over the bus",
        device.name(),
        report.cycles(),
        report.seconds() * 1e6,
        energy.total() * 1e6,
        report.commands(),
        report.rowHits() * 100,
        report.modeSwitches(),
        report.busUtilisation() * 100,
        report.bankUtilisation() * 100,
        report.busBytes());
  }

  private static String data(
      Device device, CommandStream stream, Timeline timeline, TimingReport report) {
    return "{\"cycles\":%d,\"banks\":%d,\"host\":%s,\"channels\":%s,\"parts\":%s}"
        .formatted(
            report.cycles(),
            device.banks(),
            host(stream.commands(), report),
            IntStream.range(0, device.channels())
                .mapToObj(c -> spans(timeline.spans(c)))
                .collect(Collectors.joining(",", "[", "]")),
            IntStream.range(0, device.channels())
                .mapToObj(c -> parts(timeline, c))
                .collect(Collectors.joining(",", "[", "]")));
  }

  private static String host(List<Command> commands, TimingReport report) {
    return IntStream.range(0, commands.size())
        .mapToObj(
            i ->
                "[%d,%d,\"%s\"]"
                    .formatted(
                        report.decoded(i),
                        i + 1 < commands.size() ? report.decoded(i + 1) : report.cycles(),
                        StreamText.print(commands.get(i))))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String spans(List<Timeline.Span> spans) {
    return spans.stream()
        .map(
            s ->
                "[%d,%d,\"%s\",\"%s\",%d,%d,%d]"
                    .formatted(
                        s.from(),
                        s.to(),
                        s.command(),
                        Timeline.part(s.command()),
                        s.bank(),
                        s.row(),
                        s.count()))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String parts(Timeline timeline, int channel) {
    return timeline.parts(channel).entrySet().stream()
        .sorted(java.util.Map.Entry.comparingByKey())
        .map(e -> "\"%s\":%d".formatted(e.getKey(), e.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }
}
