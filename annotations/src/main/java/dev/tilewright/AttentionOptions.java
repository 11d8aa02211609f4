package dev.tilewright;

/**
 * What {@link Operators#attention(Tensor, Tensor, Tensor, AttentionOptions)} may be told.
 *
 * {@snippet :
 * // q = [[[8], [8]]], k = [[[0], [1]]], v = [[[0], [1]]]
 * AttentionOptions options = AttentionOptions.heads(1).causal(true).scale(0.125f);
 * Tensor y = attention(q, k, v, options);   // gives [[[0], [0.731059]]]
 * }
 *
 * @param heads how many heads the width is split into
 * @param keyHeads how many heads keys and values have; a divisor of {@code heads}
 * @param mask {@code [B, K]}, 0 or false where a key takes no part; null for all
 * @param causal whether a query sees no key behind its own place, where the last query is at the
 *     last key: of as many keys, query i sees keys 0..i
 * @param window how far from its own place a query sees; null for any distance
 * @param scale what the scores are multiplied by; null for {@code 1/sqrt(d)}
 * @param softCap what scaled scores are bent below; null for no limit
 * @param bias added to the scaled scores, of a shape that repeats to {@code [B, heads, Q, K]}; null
 *     for none
 * @param depths INT32 {@code [B, Q]}, with {@code ends}: how deep each query's row lies in a tree;
 *     null for a text
 * @param ends INT32 {@code [B, Q]}: the number of the row behind the last that descends from each
 */
public record AttentionOptions(
    int heads,
    int keyHeads,
    Tensor mask,
    boolean causal,
    Integer window,
    Float scale,
    Float softCap,
    Tensor bias,
    Tensor depths,
    Tensor ends) {
  /**
   * Attention of so many heads, to all keys.
   *
   * {@snippet :
   * // q = [[[0, 0]]], k = [[[1, 2], [3, 4]]], v = [[[2, 20], [4, 40]]]
   * Tensor y = attention(q, k, v, AttentionOptions.heads(2));   // gives [[[3, 30]]]
   * }
   */
  public static AttentionOptions heads(int heads) {
    return new AttentionOptions(heads, heads, null, false, null, null, null, null, null, null);
  }

  /**
   * With fewer heads of keys and values than of queries, each for {@code heads/keyHeads} neighbours
   * of these (grouped queries, <a href="https://arxiv.org/abs/2305.13245">Ainslie et al.</a>; with
   * one, multi-query attention).
   *
   * {@snippet :
   * // q = [[[0, 8]]], k = [[[0], [1]]], v = [[[2], [4]]]
   * Tensor y = attention(q, k, v, AttentionOptions.heads(2).keyHeads(1).scale(0.125f));   // gives [[[3, 3.462117]]]
   * }
   */
  public AttentionOptions keyHeads(int newKeyHeads) {
    return new AttentionOptions(
        heads, newKeyHeads, mask, causal, window, scale, softCap, bias, depths, ends);
  }

  /**
   * To the keys alone whose mask, INT32 or BOOL of {@code [B, K]}, is not 0 or false.
   *
   * {@snippet :
   * // q = [[[0]]], k = [[[1], [2]]], v = [[[2], [4]]], mask = [[false, true]]
   * Tensor y = attention(q, k, v, AttentionOptions.heads(1).mask(mask));   // gives [[[4]]]
   * }
   */
  public AttentionOptions mask(Tensor newMask) {
    return new AttentionOptions(
        heads, keyHeads, newMask, causal, window, scale, softCap, bias, depths, ends);
  }

  /**
   * Whether a query sees no key behind its own place. The last query is at the last key, so that
   * with as many keys query i sees keys 0..i, and with more, remembered from before, those too.
   *
   * {@snippet :
   * // q = [[[0], [0]]], k = [[[1], [2]]], v = [[[2], [4]]]
   * Tensor y = attention(q, k, v, AttentionOptions.heads(1).causal(true));   // gives [[[2], [3]]]
   * }
   */
  public AttentionOptions causal(boolean newCausal) {
    return new AttentionOptions(
        heads, keyHeads, mask, newCausal, window, scale, softCap, bias, depths, ends);
  }

  /**
   * To keys at most so far before or after the query's own place; with {@link #causal} before it
   * only. Other keys take no part, but their scores are computed all the same.
   *
   * {@snippet :
   * // q = [[[0], [0], [0]]], k = [[[1], [2], [3]]], v = [[[2], [4], [6]]]
   * AttentionOptions local = AttentionOptions.heads(1).window(1);
   * Tensor y = attention(q, k, v, local);   // gives [[[3], [4], [5]]]
   * }
   */
  public AttentionOptions window(int newWindow) {
    return new AttentionOptions(
        heads, keyHeads, mask, causal, newWindow, scale, softCap, bias, depths, ends);
  }

  /**
   * With scaled scores s bent to {@code cap*tanh(s/cap)}, before the bias is added (<a
   * href="https://arxiv.org/abs/2408.00118">Gemma 2</a>).
   *
   * {@snippet :
   * // q = [[[8]]], k = [[[0], [1]]], v = [[[0], [1]]]
   * Tensor y = attention(q, k, v, AttentionOptions.heads(1).softCap(1f));   // gives [[[0.731059]]]
   * }
   */
  public AttentionOptions softCap(float cap) {
    return new AttentionOptions(
        heads, keyHeads, mask, causal, window, scale, cap, bias, depths, ends);
  }

  /**
   * With scores multiplied by this instead of {@code 1/sqrt(d)}.
   *
   * {@snippet :
   * // q = [[[8]]], k = [[[0], [1]]], v = [[[0], [1]]]
   * Tensor y = attention(q, k, v, AttentionOptions.heads(1).scale(0.125f));   // gives [[[0.731059]]]
   * }
   */
  public AttentionOptions scale(float newScale) {
    return new AttentionOptions(
        heads, keyHeads, mask, causal, window, newScale, softCap, bias, depths, ends);
  }

  /**
   * With this added to the scaled scores, {@code [B, heads, Q, K]} or what repeats to it.
   *
   * {@snippet :
   * // q = [[[0]]], k = [[[1], [2]]], v = [[[0], [1]]], bias = [0, 1]
   * Tensor y = attention(q, k, v, AttentionOptions.heads(1).bias(bias));   // gives [[[0.731059]]]
   * }
   */
  public AttentionOptions bias(Tensor newBias) {
    return new AttentionOptions(
        heads, keyHeads, mask, causal, window, scale, softCap, newBias, depths, ends);
  }

  /**
   * Of rows that form a tree, each of which goes on where its parent ends, as when several
   * continuations of a text are read in one call (<a href="https://arxiv.org/abs/2305.09781">Miao
   * et al.</a>): a query sees the rows remembered from before, its ancestors in the tree and
   * itself. Rows come in depth-first order, a parent before its children, so that row j is an
   * ancestor of row i where {@code j <= i < ends[j]}. Rows of a {@link #window} are counted along
   * the branch.
   *
   * <p>A row whose ancestors are all rows before it has the bits of a text that goes so.
   *
   * {@snippet :
   * // A row with two children: q = [[[0], [0], [0]]], k = [[[1], [2], [3]]], v = [[[2], [4], [6]]],
   * // INT32 depths = [[0, 1, 1]], INT32 ends = [[3, 2, 3]]
   * Tensor y = attention(q, k, v, AttentionOptions.heads(1).tree(depths, ends));   // gives [[[2], [3], [4]]]
   * }
   *
   * @param newDepths of each row, 0 for what goes on where the rows from before end
   * @param newEnds of each row, counted from the first of the call
   */
  public AttentionOptions tree(Tensor newDepths, Tensor newEnds) {
    return new AttentionOptions(
        heads, keyHeads, mask, true, window, scale, softCap, bias, newDepths, newEnds);
  }
}
