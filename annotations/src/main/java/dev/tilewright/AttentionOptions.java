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
 */
public record AttentionOptions(
    int heads,
    int keyHeads,
    Tensor mask,
    boolean causal,
    Integer window,
    Float scale,
    Float softCap,
    Tensor bias) {
  /**
   * Attention of so many heads, to all keys.
   *
   * {@snippet :
   * // q = [[[0, 0]]], k = [[[1, 2], [3, 4]]], v = [[[2, 20], [4, 40]]]
   * Tensor y = attention(q, k, v, AttentionOptions.heads(2));   // gives [[[3, 30]]]
   * }
   */
  public static AttentionOptions heads(int heads) {
    return new AttentionOptions(heads, heads, null, false, null, null, null, null);
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
    return new AttentionOptions(heads, newKeyHeads, mask, causal, window, scale, softCap, bias);
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
    return new AttentionOptions(heads, keyHeads, newMask, causal, window, scale, softCap, bias);
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
    return new AttentionOptions(heads, keyHeads, mask, newCausal, window, scale, softCap, bias);
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
    return new AttentionOptions(heads, keyHeads, mask, causal, newWindow, scale, softCap, bias);
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
    return new AttentionOptions(heads, keyHeads, mask, causal, window, scale, cap, bias);
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
    return new AttentionOptions(heads, keyHeads, mask, causal, window, newScale, softCap, bias);
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
    return new AttentionOptions(heads, keyHeads, mask, causal, window, scale, softCap, newBias);
  }
}
