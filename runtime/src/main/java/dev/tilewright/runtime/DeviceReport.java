package dev.tilewright.runtime;

import java.util.List;

/**
 * What a call took on a {@link Device}, in the device's time and not in this machine's.
 *
 * @param device its name
 * @param seconds all parts one after another
 * @param joules as far as the device's description tells
 * @param bytes moved between memory and what computes beside it
 * @param parts the regions of the plan that ran, in order of their first run; several runs of one
 *     region, such as those of equal layers, are one part
 */
public record DeviceReport(
    String device, double seconds, double joules, long bytes, List<Part> parts) {
  public DeviceReport {
    parts = List.copyOf(parts);
  }

  /**
   * A region of the plan.
   *
   * @param name function and region, as the plan has them
   * @param place what it ran on, such as {@code memory}
   * @param where the place of its declaration
   * @param runs how often it ran
   * @param cycles of the device's memory; 0 for what ran elsewhere
   * @param seconds of all runs
   * @param joules of all runs
   */
  public record Part(
      String name,
      String place,
      String where,
      long runs,
      long cycles,
      double seconds,
      double joules) {}

  /** The memory's cycles. */
  public long cycles() {
    return parts.stream().mapToLong(Part::cycles).sum();
  }
}
