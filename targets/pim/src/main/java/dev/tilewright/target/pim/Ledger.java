package dev.tilewright.target.pim;

import dev.tilewright.codegen.graph.Origin;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.timing.Energy;
import dev.tilewright.pim.timing.TimingReport;
import dev.tilewright.pim.timing.TimingSimulator;
import dev.tilewright.runtime.DeviceReport;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adds up what a call takes: regions one after another, each stream from closed rows, as {@code
 * dev.tilewright.pim.decode} times steps.
 */
final class Ledger {
  private record Cost(long cycles, double seconds, double joules, long bytes) {}

  private static final class Entry {
    private final Place place;
    private final Origin origin;
    private long runs;
    private long cycles;
    private double seconds;
    private double joules;

    Entry(Place place, Origin origin) {
      this.place = place;
      this.origin = origin;
    }
  }

  private final Device device;
  private final TimingSimulator simulator;
  private final Map<CommandStream, Cost> known = new IdentityHashMap<>();
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private Entry current;
  private long bytes;

  Ledger(Device device) {
    this.device = device;
    simulator = new TimingSimulator(device);
  }

  /** Begins a call. */
  void clear() {
    entries.clear();
    current = null;
    bytes = 0;
  }

  /** Begins a run of a region. */
  void begin(String name, Place place, Origin origin) {
    current = entries.computeIfAbsent(name, _ -> new Entry(place, origin));
    current.runs++;
  }

  /** A stream that will run again: it is timed once. */
  void streamAgain(CommandStream stream) {
    add(known.computeIfAbsent(stream, this::cost));
  }

  /** A stream that runs once. */
  void stream(CommandStream stream) {
    add(cost(stream));
  }

  private void add(Cost cost) {
    current.cycles += cost.cycles();
    current.seconds += cost.seconds();
    current.joules += cost.joules();
    bytes += cost.bytes();
  }

  private Cost cost(CommandStream stream) {
    TimingReport report = simulator.run(stream);
    return new Cost(
        report.cycles(), report.seconds(), Energy.of(device, report).total(), report.busBytes());
  }

  /** Time that the region took beside the memory. */
  void seconds(double seconds) {
    current.seconds += seconds;
  }

  /** What was added since {@link #clear}. */
  DeviceReport report() {
    List<DeviceReport.Part> parts = new ArrayList<>();
    double seconds = 0;
    double joules = 0;
    for (Map.Entry<String, Entry> each : entries.entrySet()) {
      Entry entry = each.getValue();
      seconds += entry.seconds;
      joules += entry.joules;
      parts.add(
          new DeviceReport.Part(
              each.getKey(),
              entry.place.label(),
              Instances.text(entry.origin),
              entry.runs,
              entry.cycles,
              entry.seconds,
              entry.joules));
    }
    return new DeviceReport(device.name(), seconds, joules, bytes, parts);
  }
}
