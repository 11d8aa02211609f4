package dev.tilewright.pim.decode;

import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.timing.DramCommand;
import dev.tilewright.pim.timing.Energy;
import dev.tilewright.pim.timing.TimingReport;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** What a decode step takes, by part. */
public final class StepTime {
  private static final Set<Work.Part> LOOKUPS = Set.of(Work.Part.TOKEN, Work.Part.POSITION);

  private final Map<Work.Part, Double> seconds = new EnumMap<>(Work.Part.class);
  private double memory;
  private double controller;
  private long commands;
  private long bytes;
  private long multiplies;
  private double hits;
  private double joules;

  private final Device device;

  StepTime(Device device) {
    this.device = device;
  }

  void add(Work.Part part, TimingReport report) {
    seconds.merge(part, report.seconds(), Double::sum);
    memory += report.seconds();
    commands += report.commands();
    bytes += report.busBytes();
    long count = report.count(DramCommand.MAC_ALL);
    multiplies += count;
    joules += Energy.of(device, report).total();
    hits += count * report.rowHits(DramCommand.MAC_ALL);
  }

  void add(Work.Part part, double time) {
    seconds.merge(part, time, Double::sum);
    controller += time;
  }

  public double seconds() {
    return memory + controller;
  }

  /** Seconds of one part over all layers. */
  public double seconds(Work.Part part) {
    return seconds.getOrDefault(part, 0.0);
  }

  public double controllerSeconds() {
    return controller;
  }

  /** The share of what multiplies no matrix: the controller's work and the lookups. */
  public double otherShare() {
    double lookups = LOOKUPS.stream().mapToDouble(this::seconds).sum();
    return (controller + lookups) / seconds();
  }

  /** Commands that all channels issued, a column each. */
  public long commands() {
    return commands;
  }

  /** Bytes between the memory and the controller, each way, a channel's copy each. */
  public long bytes() {
    return bytes;
  }

  /** Energy of the memory and its buses; the controller's is not counted. */
  public double joules() {
    return joules;
  }

  /** The share of the multiply-accumulates that found their row open. */
  public double rowHits() {
    return multiplies == 0 ? 1 : hits / multiplies;
  }
}
