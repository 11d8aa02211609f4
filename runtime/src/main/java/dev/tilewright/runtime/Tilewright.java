package dev.tilewright.runtime;

import dev.tilewright.CompiledModel;
import dev.tilewright.runtime.eager.EagerModel;

/**
 * Makes models of the interfaces that declare them.
 *
 * <pre>{@code
 * try (Weights weights = Weights.open(path);
 *     MiniLm model = Tilewright.eager(MiniLm.class, weights)) {
 *   float[] vector = model.embed(ids, mask).toFloats();
 * }
 * }</pre>
 */
public final class Tilewright {
  private Tilewright() {}

  /**
   * A model that runs in plain Java, by executing the declaration's own bodies: slow, easy to step
   * through, and what compiled models are compared with. Weights are read when they are first
   * needed, so keep them open. Any thread may call it.
   *
   * @param model a public interface with {@code @Model}, in a package that its module exports
   * @throws ModelDeclarationException if it is no such interface
   */
  public static <M extends CompiledModel> M eager(Class<M> model, Weights weights) {
    return EagerModel.create(model, weights);
  }
}
