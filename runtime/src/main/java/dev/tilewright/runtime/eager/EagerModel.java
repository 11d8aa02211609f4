package dev.tilewright.runtime.eager;

import dev.tilewright.CompiledModel;
import dev.tilewright.Model;
import dev.tilewright.Precision;
import dev.tilewright.runtime.ModelClosedException;
import dev.tilewright.runtime.ModelDeclarationException;
import dev.tilewright.runtime.SessionException;
import dev.tilewright.runtime.Weights;
import dev.tilewright.runtime.call.SessionMemory;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.Optional;

/** What the blocks of one eager model share. */
public final class EagerModel {
  private final Class<?> declaration;
  private final EagerWeights weights;
  private final PreciseEvaluator precise;
  private volatile boolean closed;

  private final EagerModel parent;
  private final EagerSession session;

  private EagerModel(Class<?> declaration, Weights weights, Precision precision) {
    this.precise = new PreciseEvaluator(precision);
    this.declaration = declaration;
    this.weights = new EagerWeights(weights);
    parent = this;
    session = null;
  }

  private EagerModel(EagerModel parent, EagerSession session) {
    this.parent = parent;
    this.session = session;
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
    if (session != null) {
      throw new IllegalArgumentException(
          name() + " is the model of a session; open others of the model itself, or fork it");
    }
    return new EagerSession(declaration);
  }

  /** A proxy for the calls of a session. */
  public Object bound(SessionMemory memory) {
    EagerModel own = new EagerModel(this, (EagerSession) memory);
    return BlockHandler.proxy(own, new BlockType(declaration), "");
  }

  /** What the calls of this model's session remember; throws if it has none. */
  EagerSession session(String where) {
    if (session == null) {
      throw new SessionException(
          SessionException.Reason.NONE,
          where
              + " remembers what it was told, so call it on a session:"
              + " Session.open(model).model()");
    }
    return session;
  }

  /** Whether it is the model of a session. */
  boolean hasSession() {
    return session != null;
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
    if (session != null) {
      session.close();
    }
  }

  /** Throws {@link ModelClosedException} after {@link #close}. */
  void requireOpen() {
    if (session != null) {
      session.requireOpen();
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
