package dev.tilewright.examples.language;

import dev.tilewright.Block;
import dev.tilewright.RmsNorm;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/**
 * Qwen 3 (<a href="https://arxiv.org/abs/2505.09388">Yang et al.</a>) without its sizes: a {@link
 * Llama} whose queries and keys are normed, head by head.
 */
@Block
public interface Qwen3 extends Llama {
  /** A layer with norms over heads. */
  @Block
  interface Layer extends Llama.Layer {
    @RmsNorm(eps = 1e-6f)
    @Weights("attn_norm")
    @Override
    Tensor attentionNorm(Tensor x);

    @RmsNorm(eps = 1e-6f)
    @Weights("ffn_norm")
    @Override
    Tensor mlpNorm(Tensor x);

    @RmsNorm(eps = 1e-6f)
    @Weights("attn_q_norm")
    Tensor queryNorm(Tensor x);

    @RmsNorm(eps = 1e-6f)
    @Weights("attn_k_norm")
    Tensor keyNorm(Tensor x);

    @Override
    default Tensor queries(Tensor x) {
      return queryNorm(query(x).unflatten(2, options().heads(), -1)).flatten(2, 3);
    }

    @Override
    default Tensor keys(Tensor x) {
      return keyNorm(key(x).unflatten(2, options().keyHeads(), -1)).flatten(2, 3);
    }
  }

  @Override
  Layer layer(int i);

  @RmsNorm(eps = 1e-6f)
  @Weights("output_norm")
  @Override
  Tensor norm(Tensor x);
}
