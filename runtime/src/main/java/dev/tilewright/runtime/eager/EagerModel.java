package dev.tilewright.runtime.eager;

import dev.tilewright.CompiledModel;
import dev.tilewright.Model;
import dev.tilewright.Precision;
import dev.tilewright.runtime.ModelClosedException;
import dev.tilewright.runtime.ModelDeclarationException;
import dev.tilewright.runtime.Weights;
import java.lang.reflect.Modifier;
import java.util.Objects;

/** What the blocks of one eager model share. */
public final class EagerModel {
  private final Class<?> declaration;
  private final EagerWeights weights;
  private final PreciseEvaluator precise;
  private volatile boolean closed;

  private EagerModel(Class<?> declaration, Weights weights, Precision precision) {
    this.precise = new PreciseEvaluator(precision);
    this.declaration = declaration;
    this.weights = new EagerWeights(weights);
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
  }

  /** Throws {@link ModelClosedException} after {@link #close}. */
  void requireOpen() {
    if (closed) {
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
