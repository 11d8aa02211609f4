package dev.tilewright.runtime.run;

import dev.tilewright.Tensor;
import dev.tilewright.runtime.ModelClosedException;
import dev.tilewright.runtime.TilewrightException;
import dev.tilewright.runtime.bind.Libc;
import dev.tilewright.runtime.bind.LibraryImage;
import dev.tilewright.runtime.bind.WeightBlock;
import dev.tilewright.schema.ModelSchema;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A model in memory: library, weights, workers and workspace. Calls and {@link #close} exclude each
 * other.
 */
public final class LoadedModel implements AutoCloseable {
  private static final long BARRIER_BYTES = 256;

  private final ModelSchema schema;
  private final LibraryImage library;
  private final WeightBlock weights;
  private final Arena arena;
  private final MemorySegment barrier;
  private final List<NativeEntry> entries;
  private final WorkerTeam team;
  private final Optional<Profiler> profiler;
  private final Workspace workspace = new Workspace();
  private final long yield = Libc.schedYield();
  private final ReentrantLock turn = new ReentrantLock(true);
  private boolean closed;

  /**
   * Starts the workers.
   *
   * @param library closed with the model
   * @param arena owns the weights; closed with the model
   * @param profile where the times of kernels are written when the model is closed; empty if they
   *     are not to be measured
   */
  public LoadedModel(
      ModelSchema schema,
      LibraryImage library,
      WeightBlock weights,
      Arena arena,
      int workers,
      Optional<Path> profile) {
    this.schema = schema;
    this.library = library;
    this.weights = weights;
    this.arena = arena;
    barrier = arena.allocate(BARRIER_BYTES, BARRIER_BYTES);
    entries =
        schema.entries().stream()
            .map(entry -> new NativeEntry(name(), entry, library.function(entry.symbol())))
            .toList();
    profiler = profile.map(file -> new Profiler(schema, workers, file, barrier, arena));
    team = new WorkerTeam(name(), workers);
  }

  /** The interface's simple name. */
  public String name() {
    return schema.model().substring(schema.model().lastIndexOf('.') + 1);
  }

  /**
   * Calls an entry by its number.
   *
   * @throws TilewrightException if the arguments do not fit, the model was closed, memory is short,
   *     or an index is out of range
   */
  public Tensor[] call(int number, Tensor... arguments) {
    NativeEntry entry = entries.get(number);
    CallPlan plan = entry.plan(arguments, team.size());
    turn.lock();
    try {
      if (closed) {
        throw new ModelClosedException(
            name() + " was closed; load it again to call " + entry.name());
      }
      MemorySegment memory = workspace.reserve(plan.bytes(), entry.callText(plan.symbols()));
      long frame = plan.fill(memory, arguments, barrier, weights.table(), yield);
      if (profiler.isEmpty()) {
        team.run(entry.function(), frame);
      } else {
        profiler.get().start();
        long start = System.nanoTime();
        team.run(entry.function(), frame);
        profiler.get().finish(number, plan.symbols(), System.nanoTime() - start);
      }
      long fault = plan.faultSite(memory);
      if (fault != 0) {
        throw entry.fault(fault - 1, plan.faultValue(memory), plan.symbols());
      }
      return plan.results(memory);
    } finally {
      turn.unlock();
    }
  }

  /** For people: what was loaded and what it takes. */
  public String describe() {
    turn.lock();
    try {
      return String.format(
          Locale.ROOT,
          "%s: target %s for %s (%s), loaded from %s; %d %s; weights %.1f MB; workspace %.1f MB%s",
          schema.model(),
          schema.library().target(),
          schema.library().platform(),
          schema.library().features().isEmpty()
              ? "any CPU"
              : "uses " + String.join(" ", schema.library().features()),
          library.origin(),
          team.size(),
          team.size() == 1 ? "worker" : "workers",
          weights.bytes() / 1e6,
          workspace.bytes() / 1e6,
          closed ? "; closed" : "");
    } finally {
      turn.unlock();
    }
  }

  /**
   * Waits for the running call, then ends the workers and frees all memory. Closing again does
   * nothing.
   */
  @Override
  public void close() {
    turn.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      team.stop();
      workspace.close();
      library.close();
      arena.close();
      profiler.ifPresent(Profiler::write);
    } finally {
      turn.unlock();
    }
  }
}
