package dev.tilewright.runtime;

import dev.tilewright.CompiledModel;
import dev.tilewright.Tensor;
import dev.tilewright.runtime.bind.GeneratedClass;
import dev.tilewright.runtime.call.Executable;
import dev.tilewright.runtime.call.SessionGroup;
import dev.tilewright.runtime.call.SessionMemory;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.function.Function;

/**
 * What the generated class of a compiled model extends; the package's documentation says what is
 * generated. Any thread may call and close it. Calls run one after another, each on all workers.
 */
public abstract class NativeModel implements CompiledModel {
  private static final Cleaner CLEANER = Cleaner.create();

  private final Executable loaded;
  private final SessionGroup sessions;

  @SuppressWarnings("unused") // as long as a session is used, so is the model
  private final NativeModel parent;

  private final Cleaner.Cleanable forgotten;

  /** For generated classes. */
  @SuppressWarnings("this-escape") // the cleaner only watches it
  protected NativeModel(Binding binding) {
    loaded = binding.loaded;
    sessions = binding.sessions;
    parent = binding.parent;
    forgotten = CLEANER.register(this, closing(loaded, sessions));
  }

  /**
   * A loaded library with its weights and workers, which {@link Tilewright#load} hands to the
   * generated class.
   */
  public static final class Binding {
    private final Executable loaded;
    private final SessionGroup sessions;
    private final NativeModel parent;

    Binding(Executable loaded) {
      this(loaded, null, null);
    }

    private Binding(Executable loaded, SessionGroup sessions, NativeModel parent) {
      this.loaded = loaded;
      this.sessions = sessions;
      this.parent = parent;
    }
  }

  /**
   * An array for the arguments of an entry, in the order of the method's parameters. The call that
   * it is filled for takes it back, so that calls need no new one each time.
   *
   * @param entry its place in the schema
   */
  protected final Tensor[] arguments(int entry) {
    return loaded.arguments(entry);
  }

  /**
   * Calls an entry.
   *
   * @param entry its place in the schema
   * @param arguments in the order of the method's parameters; not to be used afterwards
   * @return the results in the order of the schema
   * @throws ModelArgumentException if an argument does not fit its declaration
   * @throws ModelClosedException if the model was closed
   * @throws SessionException if the entry remembers, and this is no session's model, or the session
   *     is closed or full
   * @throws IndexOutOfRangeException if an index lies outside its table
   * @throws TooLargeException if the call needs more memory than there is
   */
  protected final Tensor[] run(int entry, Tensor... arguments) {
    return run(entry, arguments, Function.identity());
  }

  /**
   * Calls an entry like {@link #run(int, Tensor...)}.
   *
   * @param make what to make of the results; called once for all calls that share their results
   *     ({@link LoadOptions#reusedResults})
   */
  protected final <R> R run(int entry, Tensor[] arguments, Function<Tensor[], R> make) {
    try {
      return loaded.call(entry, arguments, sessions, make);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * The exception for a layer, a block or a parameter, which were compiled into the entries.
   *
   * @param method the method's name
   */
  protected final UnsupportedOperationException notCallable(String method) {
    return new UnsupportedOperationException(
        loaded.name()
            + "."
            + method
            + " was compiled into the entries and cannot be called by itself; Tilewright.eager"
            + " gives a model whose layers can");
  }

  /** The memory of a new session. */
  final SessionMemory newSession() {
    if (sessions != null) {
      throw new IllegalArgumentException(
          this
              + " is the model of a session; open others of the model that was loaded, or fork it");
    }
    return loaded.newSession();
  }

  /** The same model for the calls of a session, or of several together. */
  final NativeModel bound(SessionGroup group) {
    if (sessions != null) {
      throw new IllegalArgumentException(
          this + " is the model of a session; make a batch of the model that was loaded");
    }
    return (NativeModel) GeneratedClass.instance(getClass(), new Binding(loaded, group, this));
  }

  /**
   * Waits for the running call, then frees everything; of a session's model, the session's memory
   * alone, and of a batch's nothing. Closing again does nothing.
   */
  @Override
  public final void close() {
    forgotten.clean();
  }

  private static Runnable closing(Executable loaded, SessionGroup sessions) {
    if (sessions == null) {
      return loaded::close;
    }
    // A batch borrows its sessions, of which it has none to begin with.
    return sessions.count() == 0 ? () -> {} : sessions.get(0)::close;
  }

  /** What the last call took on its device. */
  final DeviceReport report() {
    return loaded.report();
  }

  @Override
  public final String describe() {
    return loaded.describe();
  }

  @Override
  public final long peakBytes(String entry, long... extents) {
    return loaded.peakBytes(entry, extents);
  }

  @Override
  public String toString() {
    return loaded.toString();
  }
}
