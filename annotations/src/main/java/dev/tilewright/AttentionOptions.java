package dev.tilewright;

/**
 * What {@link Operators#attention(Tensor, Tensor, Tensor, AttentionOptions)} may be told.
 *
 * <pre>{@code
 * attention(q, k, v, AttentionOptions.heads(12).causal(true).scale(0.125f))
 * }</pre>
 *
 * @param heads how many heads the width is split into
 * @param mask {@code [B, K]}, 0 or false where a key takes no part; null for all
 * @param causal whether query i sees keys 0..i only
 * @param scale what the scores are multiplied by; null for {@code 1/sqrt(d)}
 * @param bias added to the scaled scores, of a shape that repeats to {@code [B, heads, Q, K]}; null
 *     for none
 */
public record AttentionOptions(int heads, Tensor mask, boolean causal, Float scale, Tensor bias) {
  public static AttentionOptions heads(int heads) {
    return new AttentionOptions(heads, null, false, null, null);
  }

  public AttentionOptions mask(Tensor newMask) {
    return new AttentionOptions(heads, newMask, causal, scale, bias);
  }

  public AttentionOptions causal(boolean newCausal) {
    return new AttentionOptions(heads, mask, newCausal, scale, bias);
  }

  public AttentionOptions scale(float newScale) {
    return new AttentionOptions(heads, mask, causal, newScale, bias);
  }

  public AttentionOptions bias(Tensor newBias) {
    return new AttentionOptions(heads, mask, causal, scale, newBias);
  }
}
