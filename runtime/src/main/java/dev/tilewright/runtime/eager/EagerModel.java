package dev.tilewright.runtime.eager;

import dev.tilewright.CompiledModel;
import dev.tilewright.Model;
import dev.tilewright.Precision;
import dev.tilewright.runtime.ModelClosedException;
import dev.tilewright.runtime.ModelDeclarationException;
import dev.tilewright.runtime.SessionException;
import dev.tilewright.runtime.SessionException.Reason;
import dev.tilewright.runtime.Weights;
import dev.tilewright.runtime.call.SessionGroup;
import dev.tilewright.runtime.call.SessionMemory;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** What the blocks of one eager model share. */
public final class EagerModel {
  private final Class<?> declaration;
  private final EagerWeights weights;
  private final PreciseEvaluator precise;
  private final ReentrantLock batches = new ReentrantLock();
  private volatile boolean closed;

  private final EagerModel parent;
  private final boolean isBatch;
  private final SessionGroup sessions;
  // Of a ragged call: the sequence that is computed, of how many; else 0 of 0.
  private int sequence;
  private int sequences;

  private EagerModel(Class<?> declaration, Weights weights, Precision precision) {
    this.precise = new PreciseEvaluator(precision);
    this.declaration = declaration;
    this.weights = new EagerWeights(weights);
    parent = this;
    isBatch = false;
    sessions = null;
  }

  private EagerModel(EagerModel parent, SessionGroup sessions) {
    this.parent = parent;
    this.sessions = sessions;
    isBatch = sessions.count() == 0;
    precise = parent.precise;
    declaration = parent.declaration;
    weights = parent.weights;
  }

  /** The model behind a proxy that {@link #create} made. */
  public static Optional<EagerModel> of(Object proxy) {
    return Proxy.isProxyClass(proxy.getClass())
            && Proxy.getInvocationHandler(proxy) instanceof BlockHandler handler
        ? Optional.of(handler.model())
        : Optional.empty();
  }

  /** The memory of a new session. */
  public SessionMemory newSession() {
    requireOpen();
    requireUnbound();
    return new EagerSession(this, declaration);
  }

  /** A proxy for the calls of a session, or of several together. */
  public Object bound(SessionGroup group) {
    requireUnbound();
    return BlockHandler.proxy(new EagerModel(this, group), new BlockType(declaration), "");
  }

  private void requireUnbound() {
    if (sessions != null) {
      throw new IllegalArgumentException(
          name() + " is the model of a session; open others of the model itself, or fork it");
    }
  }

  /** What the sequence at hand goes on in; throws if it is nothing. */
  EagerSession session(String where) {
    if (sessions == null || sessions.count() == 0) {
      throw new SessionException(
          Reason.NONE,
          where
              + " remembers what it was told, so call it on a session:"
              + " Session.open(model).model()");
    }
    int count = Math.max(1, sequences);
    if (count != sessions.count()) {
      throw new SessionException(
          Reason.COUNT,
          where
              + ": the call brings "
              + count
              + " sequences for "
              + sessions.count()
              + " sessions; each goes on in its own, and for several the parameter is declared"
              + " @Ragged");
    }
    return (EagerSession) sessions.get(sequence);
  }

  /** Whether it is the model of several sessions together. */
  boolean isBatch() {
    return isBatch;
  }

  /** Computes a sequence of several in its session. */
  Object runSequence(int number, int count, EagerSession.Call call) throws Throwable {
    sequence = number;
    sequences = count;
    try {
      return call.run();
    } finally {
      sequence = 0;
      sequences = 0;
    }
  }

  /** Runs a call, or one inside of it, in all its sessions, which remember it all or not at all. */
  Object runInSessions(EagerSession.Call call) throws Throwable {
    if (sessions == null) {
      return call.run();
    }
    if (!isBatch) {
      return ((EagerSession) sessions.get(0)).run(call);
    }
    // Two batches may take their sessions in different orders.
    parent.batches.lock();
    try {
      for (int i = 0; i < sessions.count(); i++) {
        checkMember(i);
      }
      return runInSessions(0, call);
    } finally {
      parent.batches.unlock();
    }
  }

  private Object runInSessions(int from, EagerSession.Call call) throws Throwable {
    return from == sessions.count()
        ? call.run()
        : ((EagerSession) sessions.get(from)).run(() -> runInSessions(from + 1, call));
  }

  private void checkMember(int i) {
    if (!(sessions.get(i) instanceof EagerSession session) || session.model() != parent) {
      throw new SessionException(
          Reason.FOREIGN,
          name() + ": session " + i + " is of another model than the one that is called");
    }
    for (int before = 0; before < i; before++) {
      if (sessions.get(before) == session) {
        throw new SessionException(
            Reason.TWICE,
            name()
                + ": session "
                + i
                + " stands in the batch a second time; fork it to go on in two ways");
      }
    }
  }

  /**
   * A proxy of the interface.
   *
   * @throws ModelDeclarationException if it is no public interface with {@code @Model}
   */
  public static <M extends CompiledModel> M create(
      Class<M> declaration, Weights weights, Precision precision) {
    Objects.requireNonNull(weights, "weights");
    if (!declaration.isInterface() || !declaration.isAnnotationPresent(Model.class)) {
      throw new ModelDeclarationException(declaration.getName() + " is no interface with @Model");
    }
    requirePublic(declaration);
    EagerModel model = new EagerModel(declaration, weights, precision);
    return declaration.cast(BlockHandler.proxy(model, new BlockType(declaration), ""));
  }

  static void requirePublic(Class<?> declaration) {
    if (!Modifier.isPublic(declaration.getModifiers())) {
      throw new ModelDeclarationException(
          declaration.getName()
              + " is not public; models and blocks must be, so that they can be called");
    }
  }

  EagerWeights weights() {
    return weights;
  }

  PreciseEvaluator precise() {
    return precise;
  }

  String name() {
    return declaration.getSimpleName();
  }

  void close() {
    closed = true;
    if (sessions != null && !isBatch) {
      sessions.get(0).close();
    }
  }

  /** Throws {@link ModelClosedException} after {@link #close}. */
  void requireOpen() {
    for (int i = 0; sessions != null && i < sessions.count(); i++) {
      if (sessions.get(i) instanceof EagerSession session) {
        session.requireOpen();
      }
    }
    if (parent.closed) {
      throw new ModelClosedException(name() + " was closed; load it again to call it");
    }
  }

  String describe() {
    return declaration.getName()
        + ": "
        + precise.precision()
        + ", eager, in plain Java; weights from "
        + weights.origin();
  }

  /** Why it cannot tell how much memory a call takes. */
  String noPlan() {
    return name()
        + " runs eagerly, on the Java heap, whose use nobody plans; Tilewright.load gives a model"
        + " that knows its memory";
  }
}
