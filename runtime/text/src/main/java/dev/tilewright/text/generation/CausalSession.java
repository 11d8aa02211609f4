package dev.tilewright.text.generation;

import dev.tilewright.CompiledModel;
import dev.tilewright.Tensor;
import dev.tilewright.runtime.Session;
import java.util.function.BiFunction;

/**
 * One sequence of tokens that a causal language model reads, and what it expects to follow. A
 * declared model becomes one by naming its entries, which take token ids {@code [1, S]} INT32.
 *
 * {@snippet :
 * try (Session<SmolLm2> session = Session.open(model)) {
 *   CausalSession tokens = CausalSession.of(session, SmolLm2::next);
 *   float[] logits = tokens.next(prompt, 0, prompt.length);
 * }
 * }
 *
 * A model loaded with {@code withReusedResults(true)} allocates nothing on the Java heap for a
 * token. Not safe for use by several threads.
 */
public interface CausalSession extends AutoCloseable {
  /**
   * Appends the tokens {@code tokens[from]} to {@code tokens[to - 1]}, at least one.
   *
   * @return the logits of what follows the last, one for each token of the vocabulary; only to be
   *     read, and only until the next call
   */
  float[] next(int[] tokens, int from, int to);

  /**
   * Appends tokens as {@link #next} does.
   *
   * @return the logits of what follows each of them, row after row {@code [to - from, vocabulary]};
   *     only to be read, and only until the next call
   * @throws UnsupportedOperationException if the session was made without such an entry
   */
  float[] each(int[] tokens, int from, int to);

  /**
   * Appends a tree of tokens, each after its ancestors alone, in depth-first order ({@link
   * dev.tilewright.AttentionOptions#tree}).
   *
   * @param depths how many ancestors each has
   * @param ends the place behind the last that descends from each
   * @return the logits of what follows each of them, row after row; only to be read, and only until
   *     the next call
   * @throws UnsupportedOperationException if the session was made without such an entry
   */
  default float[] tree(int[] tokens, int[] depths, int[] ends) {
    throw new UnsupportedOperationException(
        "This session has no entry that reads trees. Name one as the fourth argument of"
            + " CausalSession.of.");
  }

  /** How many tokens it remembers. */
  int length();

  /** How many it can remember. */
  int capacity();

  /** How many tokens the next call may bring. */
  default int room() {
    return capacity() - length();
  }

  /**
   * The shortest length, but for 0, that it can be truncated to: 0, unless the model has states
   * with windows, which forget.
   */
  default int earliest() {
    return 0;
  }

  /** The bytes that its memory takes when it is full. */
  long peakBytes();

  /** Forgets all but the first tokens. */
  void truncate(int length);

  /** Another session that remembers the same. */
  CausalSession fork();

  /** Frees its memory; the model stays open. */
  @Override
  void close();

  /**
   * A model's session, which closes with this one.
   *
   * @param next the entry that gives the logits {@code [1, vocabulary]} after the last token
   */
  static <M extends CompiledModel> CausalSession of(
      Session<M> session, BiFunction<M, Tensor, Tensor> next) {
    return new ModelSession<>(session, next, null, null);
  }

  /**
   * A model's session, which closes with this one, with an entry that speculation needs.
   *
   * @param next the entry that gives the logits {@code [1, vocabulary]} after the last token
   * @param each the entry that gives the logits {@code [1, S, vocabulary]} after each token
   */
  static <M extends CompiledModel> CausalSession of(
      Session<M> session, BiFunction<M, Tensor, Tensor> next, BiFunction<M, Tensor, Tensor> each) {
    return new ModelSession<>(session, next, each, null);
  }

  /**
   * A model's session, which closes with this one, with an entry that trees of guesses need.
   *
   * @param next the entry that gives the logits {@code [1, vocabulary]} after the last token
   * @param each the entry that gives the logits {@code [1, S, vocabulary]} after each token
   * @param tree the entry that gives the logits {@code [1, S, vocabulary]} after each token of a
   *     tree
   */
  static <M extends CompiledModel> CausalSession of(
      Session<M> session,
      BiFunction<M, Tensor, Tensor> next,
      BiFunction<M, Tensor, Tensor> each,
      TreeEntry<M> tree) {
    return new ModelSession<>(session, next, each, tree);
  }
}
