package dev.tilewright.text.generation;

import dev.tilewright.CompiledModel;
import dev.tilewright.Tensor;

/**
 * A model's entry that reads a tree of tokens in a session, each after its ancestors alone, as
 * {@link dev.tilewright.AttentionOptions#tree} describes it.
 *
 * {@snippet :
 * TreeEntry<SmolLm2> entry = SmolLm2::tree;
 * }
 */
@FunctionalInterface
public interface TreeEntry<M extends CompiledModel> {
  /**
   * The logits {@code [1, S, vocabulary]} after each token.
   *
   * @param ids INT32 {@code [1, S]}
   * @param depths INT32 {@code [1, S]}
   * @param ends INT32 {@code [1, S]}
   */
  Tensor apply(M model, Tensor ids, Tensor depths, Tensor ends);
}
