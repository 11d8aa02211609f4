package dev.tilewright.examples.language;

import static dev.tilewright.Operators.attention;
import static dev.tilewright.Operators.iota;
import static dev.tilewright.Operators.linear;
import static dev.tilewright.Operators.rotary;
import static dev.tilewright.Operators.silu;

import dev.tilewright.AttentionOptions;
import dev.tilewright.Block;
import dev.tilewright.Entry;
import dev.tilewright.Int32;
import dev.tilewright.Linear;
import dev.tilewright.Parameter;
import dev.tilewright.Positions;
import dev.tilewright.RmsNorm;
import dev.tilewright.Rotary;
import dev.tilewright.Shape;
import dev.tilewright.State;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/**
 * Llama (<a href="https://arxiv.org/abs/2302.13971">Touvron et al.</a>) and its kin as GGUF files
 * have them, without their sizes: a model extends this and has constants for {@code WORDS}, {@code
 * DIM}, {@code HEADS}, {@code KEY_HEADS}, {@code HEAD}, {@code FFN} and the {@code CONTEXT} that a
 * session can hold.
 */
@Block
public interface Llama {
  /** Grouped queries turned by their positions, then a gated MLP, both added to what came in. */
  @Block
  interface Layer {
    @RmsNorm(eps = 1e-5f)
    @Weights("attn_norm")
    Tensor attentionNorm(Tensor x);

    @Linear(size = "HEADS * HEAD", bias = false)
    @Weights("attn_q")
    Tensor query(Tensor x);

    @Linear(size = "KEY_HEADS * HEAD", bias = false)
    @Weights("attn_k")
    Tensor key(Tensor x);

    @Linear(size = "KEY_HEADS * HEAD", bias = false)
    @Weights("attn_v")
    Tensor value(Tensor x);

    @Linear(size = "DIM", bias = false)
    @Weights("attn_output")
    Tensor project(Tensor x);

    @RmsNorm(eps = 1e-5f)
    @Weights("ffn_norm")
    Tensor mlpNorm(Tensor x);

    @Linear(size = "FFN", bias = false)
    @Weights("ffn_gate")
    Tensor gate(Tensor x);

    @Linear(size = "FFN", bias = false)
    @Weights("ffn_up")
    Tensor up(Tensor x);

    @Linear(size = "DIM", bias = false)
    @Weights("ffn_down")
    Tensor down(Tensor x);

    /** Appends to the keys that a session has, and answers with all. */
    @State(size = "CONTEXT")
    Tensor keyCache(Tensor keys);

    @State(size = "CONTEXT")
    Tensor valueCache(Tensor values);

    AttentionOptions options();

    /** How so many heads are turned. */
    Rotary turn(int heads);

    /** Queries before they are turned. */
    default Tensor queries(Tensor x) {
      return query(x);
    }

    /** Keys before they are turned. */
    default Tensor keys(Tensor x) {
      return key(x);
    }

    /**
     * {@code [1, S, width]} to the same.
     *
     * @param at the tokens' positions {@code [1, S]}
     * @param how which tokens see which
     * @param remember whether a session's earlier tokens are seen, too
     */
    default Tensor forward(Tensor x, Tensor at, AttentionOptions how, boolean remember) {
      var in = attentionNorm(x);
      var q = rotary(queries(in), at, turn(options().heads()));
      var k = rotary(keys(in), at, turn(options().keyHeads()));
      var v = value(in);
      if (remember) {
        k = keyCache(k);
        v = valueCache(v);
      }
      var y = x.plus(project(attention(q, k, v, how)));
      var z = mlpNorm(y);
      return y.plus(down(silu(gate(z)).times(up(z))));
    }
  }

  /** A vector for each word, which what may follow is compared with, too. */
  @Parameter
  @Shape({"WORDS", "DIM"})
  @Weights("token_embd.weight")
  Tensor words();

  int layers();

  Layer layer(int i);

  @RmsNorm(eps = 1e-5f)
  @Weights("output_norm")
  Tensor norm(Tensor x);

  /** Where in a session words stand. */
  @Positions
  Tensor places(Tensor ids);

  /** Logits {@code [1, S, words]} of what follows each of the words of a text. */
  @Entry
  default @Shape({"1", "S", "WORDS"}) Tensor logits(@Shape({"1", "S"}) @Int32 Tensor ids) {
    return linear(norm(read(ids, iota(ids, 1), false)), words());
  }

  /** Logits {@code [1, words]} of what follows what a session has read, these words last. */
  @Entry
  default @Shape({"1", "WORDS"}) Tensor next(@Shape({"1", "S"}) @Int32 Tensor ids) {
    return continued(ids);
  }

  /**
   * Logits {@code [1, words]} of what follows what a session has read, these words last; of a
   * ragged batch {@code [B, words]}, a session a text.
   */
  default Tensor continued(Tensor ids) {
    var x = read(ids, places(ids), true);
    var last = x.slice(1, ids.dim(1).minus(1), ids.dim(1)).squeeze(1);
    return linear(norm(last), words());
  }

  /** Logits {@code [1, S, words]} of what follows each of these words, after what was read. */
  default Tensor continuedEach(Tensor ids) {
    return linear(norm(read(ids, places(ids), true)), words());
  }

  /**
   * Logits {@code [1, S, words]} of what follows each of these words, which form a tree after what
   * was read: {@link AttentionOptions#tree}.
   */
  default Tensor continuedTree(Tensor ids, Tensor depths, Tensor ends) {
    var at = places(ids).minus(iota(ids, 1)).plus(depths);
    return linear(norm(read(ids, at, layer(0).options().tree(depths, ends), true)), words());
  }

  private Tensor read(Tensor ids, Tensor at, boolean remember) {
    return read(ids, at, layer(0).options().causal(true), remember);
  }

  private Tensor read(Tensor ids, Tensor at, AttentionOptions how, boolean remember) {
    var x = words().gather(0, ids);
    for (int i = 0; i < layers(); i++) {
      x = layer(i).forward(x, at, how, remember);
    }
    return x;
  }
}
