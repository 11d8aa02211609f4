package dev.tilewright.text.generation;

import dev.tilewright.CompiledModel;
import dev.tilewright.Tensor;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Sessions of one causal language model that read tokens together: several in one call, so that
 * weights are read once for all. Not safe for use by several threads.
 */
public interface CausalBatch {
  /** A session that remembers nothing yet. */
  CausalSession open();

  /**
   * Appends tokens to several sessions, at least one token to each.
   *
   * @param sessions that {@link #open} gave, each once
   * @param tokens those of the first session, then those of the next, and so on
   * @param lengths how many each gets
   * @return the logits of what follows the last token of each, session after session; only to be
   *     read, and only until the next call
   */
  float[] next(List<CausalSession> sessions, int[] tokens, int[] lengths);

  /**
   * The sessions of a model.
   *
   * @param next the entry that gives the logits {@code [B, vocabulary]} after the last token of
   *     each sequence of a ragged batch {@code [B, S]} of ids
   */
  static <M extends CompiledModel> CausalBatch of(M model, BiFunction<M, Tensor, Tensor> next) {
    return new ModelBatch<>(model, next);
  }
}
