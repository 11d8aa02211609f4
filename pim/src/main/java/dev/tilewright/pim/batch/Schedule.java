package dev.tilewright.pim.batch;

import dev.tilewright.pim.batch.Task.Unit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * When each piece of work of a step begins and ends.
 *
 * @param spans by beginning
 * @param seconds all of it
 */
public record Schedule(List<Span> spans, double seconds) {

  /** A task from {@code from} to {@code to} seconds. */
  record Span(Task task, double from, double to) {}

  /** How much longer arrays and memory take while both work. */
  @FunctionalInterface
  interface Contention {
    ChannelClock.Slowdown slowdown(ChannelClock.Kind kind, double load);
  }

  public Schedule {
    spans = List.copyOf(spans);
  }

  /** The share of time in which a unit has work. */
  double busy(Unit unit) {
    return spans.stream()
            .filter(s -> s.task().unit() == unit)
            .mapToDouble(s -> s.to() - s.from())
            .sum()
        / seconds;
  }

  /**
   * Runs tasks, each unit the first that is ready.
   *
   * @param tasks those before others first
   * @param blocked whether the processor stands still while the memory multiplies, and the reverse
   */
  static Schedule of(List<Task> tasks, boolean blocked, Contention contention) {
    return new Run(tasks, blocked, contention).run();
  }

  private static final class Run {
    private final boolean blocked;
    private final Contention contention;
    private final Map<Task, Integer> number = new HashMap<>();
    private final Map<Task, Integer> missing = new HashMap<>();
    private final Map<Task, List<Task>> next = new HashMap<>();
    private final Map<Unit, TreeMap<Integer, Task>> ready = new EnumMap<>(Unit.class);
    private final Map<Unit, Running> running = new EnumMap<>(Unit.class);
    private final List<Span> spans = new ArrayList<>();
    private double now;

    private static final class Running {
      private final Task task;
      private final double from;
      private double left;

      Running(Task task, double from) {
        this.task = task;
        this.from = from;
        this.left = task.seconds();
      }
    }

    Run(List<Task> tasks, boolean blocked, Contention contention) {
      this.blocked = blocked;
      this.contention = contention;
      for (Unit unit : Unit.values()) {
        ready.put(unit, new TreeMap<>());
      }
      for (Task task : tasks) {
        number.put(task, number.size());
        missing.put(task, task.after().size());
        task.after().forEach(t -> next.computeIfAbsent(t, _ -> new ArrayList<>()).add(task));
        if (task.after().isEmpty()) {
          ready.get(task.unit()).put(number.get(task), task);
        }
      }
    }

    Schedule run() {
      start();
      while (!running.isEmpty()) {
        ChannelClock.Slowdown slowdown = slowdown();
        double step = Double.POSITIVE_INFINITY;
        for (Running r : running.values()) {
          step = Math.min(step, r.left * slowdown(r, slowdown));
        }
        now += step;
        List<Running> done = new ArrayList<>();
        for (Running r : running.values()) {
          r.left -= step / slowdown(r, slowdown);
          if (r.left <= 1e-15) {
            done.add(r);
          }
        }
        done.forEach(this::finish);
        start();
      }
      return new Schedule(spans, now);
    }

    private ChannelClock.Slowdown slowdown() {
      Running arrays = running.get(Unit.ARRAYS);
      Running memory = running.get(Unit.MEMORY);
      boolean both = arrays != null && memory != null;
      return both
          ? contention.slowdown(memory.task.kind(), arrays.task.load())
          : ChannelClock.Slowdown.NONE;
    }

    private static double slowdown(Running r, ChannelClock.Slowdown slowdown) {
      return switch (r.task.unit()) {
        case ARRAYS -> slowdown.reads();
        case LANES -> 1;
        case MEMORY -> slowdown.units();
      };
    }

    private void finish(Running r) {
      running.remove(r.task.unit());
      spans.add(new Span(r.task, r.from, now));
      for (Task task : next.getOrDefault(r.task, List.of())) {
        if (missing.merge(task, -1, Integer::sum) == 0) {
          ready.get(task.unit()).put(number.get(task), task);
        }
      }
    }

    private void start() {
      for (Unit unit : Unit.values()) {
        boolean free = !running.containsKey(unit) && !ready.get(unit).isEmpty();
        if (free && !(blocked && others(unit))) {
          running.put(unit, new Running(ready.get(unit).pollFirstEntry().getValue(), now));
        }
      }
    }

    /** Whether somebody else has the channels. */
    private boolean others(Unit unit) {
      return running.keySet().stream().anyMatch(u -> (u == Unit.MEMORY) != (unit == Unit.MEMORY));
    }
  }
}
