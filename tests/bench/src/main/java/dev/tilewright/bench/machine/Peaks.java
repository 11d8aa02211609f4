package dev.tilewright.bench.machine;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * What the machine reaches with so many threads.
 *
 * @param threads how many ran at once
 * @param operations operations a second of each kind that the CPU has
 * @param readBytes bytes a second read from memory
 */
public record Peaks(int threads, Map<Arithmetic, Double> operations, double readBytes) {
  public Peaks {
    operations = Map.copyOf(operations);
  }

  /** The share of the peak, in percent; empty if the CPU has no such instructions. */
  public OptionalDouble percent(Arithmetic kind, double flops, double milliseconds) {
    Double peak = operations.get(kind);
    return peak == null
        ? OptionalDouble.empty()
        : OptionalDouble.of(100 * flops / (milliseconds / 1e3) / peak);
  }

  /** One line for people. */
  public String describe() {
    String kinds =
        operations.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(e -> String.format(Locale.ROOT, "%s %.0f", e.getKey().label(), e.getValue() / 1e9))
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "%d thread%s: %s G operations/s, %.1f GB/s read",
        threads,
        threads == 1 ? "" : "s",
        kinds,
        readBytes / 1e9);
  }
}
