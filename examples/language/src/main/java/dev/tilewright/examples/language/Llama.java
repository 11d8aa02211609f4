package dev.tilewright.examples.language;

import static dev.tilewright.Operators.attention;
import static dev.tilewright.Operators.iota;
import static dev.tilewright.Operators.linear;
import static dev.tilewright.Operators.rotary;
import static dev.tilewright.Operators.silu;

import dev.tilewright.AttentionOptions;
import dev.tilewright.Block;
import dev.tilewright.Rotary;
import dev.tilewright.Tensor;

/**
 * Llama (<a href="https://arxiv.org/abs/2302.13971">Touvron et al.</a>) and its kin without their
 * sizes: a model extends this, says how large its layers are, and what their weights are called.
 */
@Block
public interface Llama {
  /** Grouped queries turned by their positions, then a gated MLP, both added to what came in. */
  @Block
  interface Layer {
    Tensor attentionNorm(Tensor x);

    Tensor query(Tensor x);

    Tensor key(Tensor x);

    Tensor value(Tensor x);

    Tensor project(Tensor x);

    Tensor mlpNorm(Tensor x);

    Tensor gate(Tensor x);

    Tensor up(Tensor x);

    Tensor down(Tensor x);

    /** Appends to the keys that a session has, and answers with all. */
    Tensor keyCache(Tensor keys);

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
  Tensor words();

  int layers();

  Layer layer(int i);

  Tensor norm(Tensor x);

  /** Where in a session words stand. */
  Tensor places(Tensor ids);

  /** Logits {@code [1, S, words]} of what follows each of the words {@code [1, S]} of a text. */
  default Tensor predict(Tensor ids) {
    return linear(norm(read(ids, iota(ids, 1), false)), words());
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
