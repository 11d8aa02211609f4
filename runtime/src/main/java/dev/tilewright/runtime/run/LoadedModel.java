package dev.tilewright.runtime.run;

import dev.tilewright.Tensor;
import dev.tilewright.runtime.DeviceReport;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.ModelClosedException;
import dev.tilewright.runtime.TilewrightException;
import dev.tilewright.runtime.bind.Libc;
import dev.tilewright.runtime.bind.LibraryImage;
import dev.tilewright.runtime.bind.WeightBlock;
import dev.tilewright.runtime.bind.Words;
import dev.tilewright.runtime.call.Executable;
import dev.tilewright.runtime.call.SessionGroup;
import dev.tilewright.runtime.call.SessionMemory;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import dev.tilewright.schema.Profile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A model in memory: library, weights, workers and workspace. Calls and {@link #close} exclude each
 * other.
 */
public final class LoadedModel implements Executable {
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
  private final boolean reusedResults;
  private final SessionCall sessions = new SessionCall();
  private final ReentrantLock turn = new ReentrantLock(true);
  private final Supplier<List<WeightRecipe>> recipes;
  // Asked for with the first session: they are long to read.
  private List<WeightRecipe> words;
  private boolean closed;

  /**
   * Starts the workers.
   *
   * @param library closed with the model
   * @param weights their arena is closed with the model
   * @param recipes the weight table, which the schema need not have
   */
  public LoadedModel(
      ModelSchema schema,
      LibraryImage library,
      WeightBlock weights,
      Supplier<List<WeightRecipe>> recipes,
      LoadOptions options) {
    this.recipes = recipes;
    this.schema = schema;
    this.library = library;
    this.weights = weights;
    arena = weights.arena();
    barrier = arena.allocate(BARRIER_BYTES, BARRIER_BYTES);
    entries =
        schema.entries().stream()
            .map(entry -> new NativeEntry(name(), entry, library.function(entry.symbol())))
            .toList();
    int workers = options.workerCount();
    profiler =
        options.requestedProfile().map(file -> new Profiler(schema, workers, file, barrier, arena));
    reusedResults = options.reusedResults();
    team = new WorkerTeam(name(), workers, options.pinsWorkers(), arena);
    Words.write(barrier, ModelSchema.BARRIER_PATIENCE, team.isPinned() ? WorkerTeam.PATIENCE : 0);
  }

  /** The interface's simple name. */
  @Override
  public String name() {
    return schema.model().substring(schema.model().lastIndexOf('.') + 1);
  }

  /** An array for an entry's arguments, which {@link #call} takes back. */
  @Override
  public Tensor[] arguments(int number) {
    return entries.get(number).takeArguments();
  }

  /**
   * Calls an entry by its number.
   *
   * @param arguments one a parameter; not to be used afterwards
   * @param group what an entry that remembers does so in; null for others
   * @param make what to make of the results
   * @throws TilewrightException if the arguments do not fit, the model was closed, memory is short,
   *     or an index is out of range
   */
  @Override
  public <R> R call(
      int number, Tensor[] arguments, SessionGroup group, Function<Tensor[], R> make) {
    NativeEntry entry = entries.get(number);
    turn.lock();
    try {
      if (closed) {
        throw new ModelClosedException(
            name() + " was closed; load it again to call " + entry.name());
      }
      CallPlan plan = entry.recall(arguments, team.size());
      MemorySegment memory = workspace.reserve(plan.bytes(), entry, plan.symbols());
      if (entry.hasSession()) {
        sessions.enter(entry, group, plan, turn);
      }
      HostTensor[] results = plan.results(reusedResults);
      for (int i = 0; i < plan.runs(); i++) {
        CallFrame run = plan.run(i);
        MemorySegment table =
            entry.hasSession()
                ? run.enter(sessions, entry.contextAt(), entry.recentAt())
                : weights.table();
        run(number, run, run.fill(memory, arguments, barrier, table, yield));
        long fault = run.faultSite(memory);
        if (fault != 0) {
          throw entry.fault(fault - 1, run.faultValue(memory), run.symbols());
        }
        run.copyResults(memory, results);
      }
      if (entry.hasSession()) {
        sessions.advance(plan);
      }
      return plan.answer(results, make, reusedResults);
    } finally {
      sessions.leave();
      turn.unlock();
      entry.giveBack(arguments);
    }
  }

  private void run(int number, CallFrame run, long frame) {
    MemorySegment function = entries.get(number).function();
    if (profiler.isEmpty()) {
      team.run(function, frame);
      return;
    }
    profiler.get().start();
    long start = System.nanoTime();
    team.run(function, frame);
    profiler.get().finish(number, run.symbols(), System.nanoTime() - start);
  }

  /**
   * An empty session.
   *
   * @throws ModelClosedException if the model was closed
   */
  @Override
  public SessionMemory newSession() {
    turn.lock();
    try {
      if (closed) {
        throw new ModelClosedException(name() + " was closed; load it again to open a session");
      }
      if (words == null) {
        words = recipes.get();
      }
      String owner =
          String.join(
              " ",
              schema.model(),
              schema.library().target(),
              schema.library().precision().toString());
      return new NativeSession(words, weights.table(), owner, turn);
    } finally {
      turn.unlock();
    }
  }

  /**
   * The bytes of workspace that a call of an entry takes: arena, scratch of all workers, copies of
   * arguments and results.
   *
   * @param extents the values of the entry's symbols, in the order in which its parameters name
   *     them
   * @throws IllegalArgumentException if there is no such entry, or the extents are not as many as
   *     its symbols
   * @throws TilewrightException if the model does not allow the extents, or a size overflows
   */
  @Override
  public long peakBytes(String name, long... extents) {
    for (int i = 0; i < entries.size(); i++) {
      if (schema.entries().get(i).name().equals(name)) {
        return entries.get(i).peakBytes(extents, team.size());
      }
    }
    throw new IllegalArgumentException(
        name()
            + " has no entry "
            + name
            + ", but "
            + schema.entries().stream().map(EntrySchema::name).collect(Collectors.joining(", ")));
  }

  /**
   * Where the time of the calls since the last time went, if it is measured; the first call of a
   * kind is not counted.
   */
  public Optional<Profile> takeProfile() {
    turn.lock();
    try {
      return profiler.flatMap(Profiler::take);
    } finally {
      turn.unlock();
    }
  }

  @Override
  public DeviceReport report() {
    throw new IllegalArgumentException(
        name() + " runs on this machine: load it with LoadOptions.withDevice");
  }

  @Override
  public String toString() {
    return name() + " (native)";
  }

  /** For people: what was loaded and what it takes. */
  @Override
  public String describe() {
    turn.lock();
    try {
      return String.format(
          Locale.ROOT,
          "%s: %s, target %s for %s (%s), %.1f kB loaded from %s; %s; weights %s; workspace %s%s",
          schema.model(),
          schema.library().precision(),
          schema.library().target(),
          schema.library().platform(),
          schema.library().features().isEmpty()
              ? "any CPU"
              : "uses " + String.join(" ", schema.library().features()),
          library.bytes() / 1e3,
          library.origin(),
          team.describe(),
          closed ? "freed" : describeWeights(),
          closed ? "freed" : workspace.describe(),
          closed ? "; closed" : "");
    } finally {
      turn.unlock();
    }
  }

  private String describeWeights() {
    String memory = Pages.describe(weights.memory());
    return weights.image().map(file -> memory + ", read from " + file).orElse(memory);
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
      team.close();
      workspace.close();
      library.close();
      arena.close();
      profiler.ifPresent(Profiler::write);
    } finally {
      turn.unlock();
    }
  }
}
