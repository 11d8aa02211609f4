package dev.tilewright.runtime.run;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import dev.tilewright.schema.Profile;
import dev.tilewright.schema.Profile.KernelTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Adds up the times that the kernels note behind each step ({@link ModelSchema} says where), for
 * each entry and each combination of sizes.
 */
final class Profiler {
  /** Where the barrier's memory holds the clock's address. */
  private static final long CLOCK_WORD = 16;

  /** The same entry with the same sizes. */
  private record Kind(int entry, List<Long> symbols) {}

  /** Of all calls of a kind: how many, and nanoseconds a step. */
  private static final class Sums {
    private long calls;
    private double[] nanos;

    double total() {
      double total = 0;
      for (double step : nanos) {
        total += step;
      }
      return total;
    }
  }

  private final ModelSchema schema;
  private final int workers;
  private final Path file;
  private final MemorySegment clock;
  private final Map<Kind, Sums> kinds = new HashMap<>();

  /**
   * @param file where {@link #write} writes
   * @param barrier the team's, which tells kernels of the clock
   * @param arena the clock's
   */
  Profiler(ModelSchema schema, int workers, Path file, MemorySegment barrier, Arena arena) {
    this.schema = schema;
    this.workers = workers;
    this.file = file;
    int steps = schema.entries().stream().mapToInt(entry -> entry.steps().size()).max().orElse(0);
    clock = arena.allocate(JAVA_LONG, steps + 2L);
    barrier.setAtIndex(JAVA_LONG, CLOCK_WORD, clock.address());
  }

  /** Before a call. */
  void start() {
    clock.setAtIndex(JAVA_LONG, 0, 0);
  }

  /**
   * After a call. The clock's unit is unknown, so that the call's own time gives it. The first call
   * of a kind is not counted, because memory and caches are cold.
   */
  void finish(int entry, long[] symbols, long nanos) {
    int steps = schema.entries().get(entry).steps().size();
    List<Long> sizes = new ArrayList<>();
    for (long symbol : symbols) {
      sizes.add(symbol);
    }
    Sums sums = kinds.computeIfAbsent(new Kind(entry, sizes), _ -> new Sums());
    if (sums.nanos == null) {
      sums.nanos = new double[steps];
      return;
    }
    double unit = (double) nanos / Math.max(1, mark(steps) - mark(0));
    for (int step = 0; step < steps; step++) {
      sums.nanos[step] += unit * (mark(step + 1) - mark(step));
    }
    sums.calls++;
  }

  private long mark(int number) {
    return clock.getAtIndex(JAVA_LONG, number + 1L);
  }

  /** The kind of call that took the most time in all, if any was made twice. */
  Optional<Profile> profile() {
    return kinds.entrySet().stream()
        .filter(kind -> kind.getValue().calls > 0)
        .max(Comparator.comparingDouble(kind -> kind.getValue().total()))
        .map(kind -> profile(kind.getKey(), kind.getValue()));
  }

  /** {@link #profile}, after which everything is forgotten. */
  Optional<Profile> take() {
    Optional<Profile> taken = profile();
    kinds.clear();
    return taken;
  }

  private Profile profile(Kind kind, Sums sums) {
    EntrySchema entry = schema.entries().get(kind.entry());
    Map<String, Long> sizes = new HashMap<>();
    for (int i = 0; i < kind.symbols().size(); i++) {
      sizes.put(entry.symbols().get(i), kind.symbols().get(i));
    }
    Map<String, KernelTime> kernels = new LinkedHashMap<>();
    for (int step = 0; step < sums.nanos.length; step++) {
      String kernel = entry.steps().get(step);
      kernels.merge(
          kernel,
          new KernelTime(kernel, 1, sums.nanos[step] / sums.calls),
          (a, b) -> new KernelTime(kernel, a.runs() + b.runs(), a.nanos() + b.nanos()));
    }
    return new Profile(
        schema.model(),
        schema.library().target(),
        entry.name(),
        sizes,
        workers,
        sums.calls,
        List.copyOf(kernels.values()));
  }

  /**
   * Writes {@link #profile}, if there is one.
   *
   * @throws UncheckedIOException if the file cannot be written
   */
  void write() {
    profile()
        .ifPresent(
            profile -> {
              try {
                Files.writeString(file, profile.text());
              } catch (IOException e) {
                throw new UncheckedIOException(
                    "cannot write the profile to " + file + ": " + e.getMessage(), e);
              }
            });
  }
}
