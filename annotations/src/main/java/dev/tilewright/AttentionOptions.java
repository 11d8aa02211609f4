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
 * @param mask {@code [B, K]}, 0 or false where a key takes no part; null for all
 * @param causal whether query i sees keys 0..i only
 * @param scale what the scores are multiplied by; null for {@code 1/sqrt(d)}
 * @param bias added to the scaled scores, of a shape that repeats to {@code [B, heads, Q, K]}; null
 *     for none
 */
public record AttentionOptions(int heads, Tensor mask, boolean causal, Float scale, Tensor bias) {
  /**
   * Attention of so many heads, to all keys.
   *
   * {@snippet :
   * // q = [[[0, 0]]], k = [[[1, 2], [3, 4]]], v = [[[2, 20], [4, 40]]]
   * Tensor y = attention(q, k, v, AttentionOptions.heads(2));   // gives [[[3, 30]]]
   * }
   */
  public static AttentionOptions heads(int heads) {
    return new AttentionOptions(heads, null, false, null, null);
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
    return new AttentionOptions(heads, newMask, causal, scale, bias);
  }

  /**
   * Whether query i sees keys 0..i only.
   *
   * {@snippet :
   * // q = [[[0], [0]]], k = [[[1], [2]]], v = [[[2], [4]]]
   * Tensor y = attention(q, k, v, AttentionOptions.heads(1).causal(true));   // gives [[[2], [3]]]
   * }
   */
  public AttentionOptions causal(boolean newCausal) {
    return new AttentionOptions(heads, mask, newCausal, scale, bias);
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
    return new AttentionOptions(heads, mask, causal, newScale, bias);
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
    return new AttentionOptions(heads, mask, causal, scale, newBias);
  }
}
