package dev.tilewright.examples.language;

import static dev.tilewright.Operators.attention;
import static dev.tilewright.Operators.geluTanh;
import static dev.tilewright.Operators.iota;
import static dev.tilewright.Operators.linear;
import static dev.tilewright.Operators.rotary;

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
 * Gemma 3 (<a href="https://arxiv.org/abs/2503.19786">Gemma team</a>) without its sizes: five of
 * six layers look at their neighbourhood alone, all heads are normed before they are turned, and
 * what attention and MLP give is normed before it is added.
 */
@Block
public interface Gemma3 {
  /** Attention and MLP, with a norm before and after each. */
  @Block
  interface Layer {
    @RmsNorm(eps = 1e-6f)
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

    @RmsNorm(eps = 1e-6f)
    @Weights("attn_q_norm")
    Tensor queryNorm(Tensor x);

    @RmsNorm(eps = 1e-6f)
    @Weights("attn_k_norm")
    Tensor keyNorm(Tensor x);

    @Linear(size = "DIM", bias = false)
    @Weights("attn_output")
    Tensor project(Tensor x);

    @RmsNorm(eps = 1e-6f)
    @Weights("post_attention_norm")
    Tensor attendedNorm(Tensor x);

    @RmsNorm(eps = 1e-6f)
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

    @RmsNorm(eps = 1e-6f)
    @Weights("post_ffw_norm")
    Tensor outNorm(Tensor x);

    /** Appends to the keys that a session has, and answers with all. */
    @State(size = "CONTEXT")
    Tensor keyCache(Tensor keys);

    @State(size = "CONTEXT")
    Tensor valueCache(Tensor values);

    /** The same for what near layers look back at. */
    Tensor nearKeyCache(Tensor keys);

    Tensor nearValueCache(Tensor values);

    AttentionOptions options();

    /** How many tokens a near layer sees, with the one at hand. */
    int window();

    /**
     * {@code [1, S, width]} to the same.
     *
     * @param at the tokens' positions {@code [S]}
     * @param near whether it sees a window alone
     * @param remember whether a session's earlier tokens are seen, too
     */
    default Tensor forward(Tensor x, Tensor at, boolean near, boolean remember) {
      var in = attentionNorm(x);
      var how = options().causal(true);
      var q = turn(queryNorm(query(in).unflatten(2, how.heads(), -1)), at, near);
      var k = turn(keyNorm(key(in).unflatten(2, how.keyHeads(), -1)), at, near);
      var v = value(in);
      if (remember) {
        k = near ? nearKeyCache(k) : keyCache(k);
        v = near ? nearValueCache(v) : valueCache(v);
      }
      var attended = attention(q, k, v, near ? how.window(window() - 1) : how);
      var y = x.plus(attendedNorm(project(attended)));
      var z = mlpNorm(y);
      return y.plus(outNorm(down(geluTanh(gate(z)).times(up(z)))));
    }

    private static Tensor turn(Tensor x, Tensor at, boolean near) {
      var how = Rotary.heads(x.dim(2).intValue()).base(near ? 10_000 : 1_000_000);
      return rotary(x.flatten(2, 3), at, how);
    }
  }

  /** A vector for each word, which what may follow is compared with, too. */
  @Parameter
  @Shape({"WORDS", "DIM"})
  @Weights("token_embd.weight")
  Tensor words();

  int layers();

  Layer layer(int i);

  @RmsNorm(eps = 1e-6f)
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
    var x = read(ids, places(ids), true);
    var last = x.slice(1, ids.dim(1).minus(1), ids.dim(1)).squeeze(1);
    return linear(norm(last), words());
  }

  private Tensor read(Tensor ids, Tensor at, boolean remember) {
    var x = words().gather(0, ids);
    x = x.times((float) Math.sqrt(x.dim(2).intValue()));
    for (int i = 0; i < layers(); i++) {
      x = layer(i).forward(x, at, i % 6 != 5, remember);
    }
    return x;
  }
}
