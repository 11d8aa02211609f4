package dev.tilewright.examples.language;

import static dev.tilewright.Operators.attention;
import static dev.tilewright.Operators.geluTanh;
import static dev.tilewright.Operators.iota;
import static dev.tilewright.Operators.linear;

import dev.tilewright.AttentionOptions;
import dev.tilewright.Block;
import dev.tilewright.Entry;
import dev.tilewright.Int32;
import dev.tilewright.LayerNorm;
import dev.tilewright.Linear;
import dev.tilewright.Parameter;
import dev.tilewright.Positions;
import dev.tilewright.Shape;
import dev.tilewright.State;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/**
 * GPT-2 (<a
 * href="https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf">Radford
 * et al.</a>) without its sizes.
 */
@Block
public interface Gpt2 {
  /** Attention and MLP, each behind a norm and added to what came in. */
  @Block
  interface Layer {
    @LayerNorm(eps = 1e-5f)
    @Weights("attn_norm")
    Tensor attentionNorm(Tensor x);

    /** Queries, keys and values, one beside the other. */
    @Linear(size = "3 * DIM")
    @Weights("attn_qkv")
    Tensor queryKeyValue(Tensor x);

    @Linear(size = "DIM")
    @Weights("attn_output")
    Tensor project(Tensor x);

    @LayerNorm(eps = 1e-5f)
    @Weights("ffn_norm")
    Tensor mlpNorm(Tensor x);

    @Linear(size = "4 * DIM")
    @Weights("ffn_up")
    Tensor up(Tensor x);

    @Linear(size = "DIM")
    @Weights("ffn_down")
    Tensor down(Tensor x);

    /** Appends to the keys that a session has, and answers with all. */
    @State(size = "CONTEXT")
    Tensor keyCache(Tensor keys);

    @State(size = "CONTEXT")
    Tensor valueCache(Tensor values);

    int heads();

    /**
     * {@code [1, S, width]} to the same.
     *
     * @param remember whether a session's earlier tokens are seen, too
     */
    default Tensor forward(Tensor x, boolean remember) {
      var qkv = queryKeyValue(attentionNorm(x)).unflatten(2, 3, -1);
      var how = AttentionOptions.heads(heads()).causal(true);
      var k = qkv.select(2, 1);
      var v = qkv.select(2, 2);
      if (remember) {
        k = keyCache(k);
        v = valueCache(v);
      }
      var attended = attention(qkv.select(2, 0), k, v, how);
      var y = x.plus(project(attended));
      return y.plus(down(geluTanh(up(mlpNorm(y)))));
    }
  }

  /** A vector for each word, which what may follow is compared with, too. */
  @Parameter
  @Shape({"WORDS", "DIM"})
  @Weights("token_embd.weight")
  Tensor words();

  /** A vector for each position. */
  @Parameter
  @Shape({"CONTEXT", "DIM"})
  @Weights("position_embd.weight")
  Tensor positions();

  int layers();

  Layer layer(int i);

  @LayerNorm(eps = 1e-5f)
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
    var x = words().gather(0, ids).plus(positions().gather(0, at));
    for (int i = 0; i < layers(); i++) {
      x = layer(i).forward(x, remember);
    }
    return x;
  }
}
