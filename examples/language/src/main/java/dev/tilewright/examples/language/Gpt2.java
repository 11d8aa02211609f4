package dev.tilewright.examples.language;

import static dev.tilewright.Operators.attention;
import static dev.tilewright.Operators.geluTanh;
import static dev.tilewright.Operators.iota;
import static dev.tilewright.Operators.linear;

import dev.tilewright.AttentionOptions;
import dev.tilewright.Block;
import dev.tilewright.Tensor;

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
    Tensor attentionNorm(Tensor x);

    /** Queries, keys and values, one beside the other. */
    Tensor queryKeyValue(Tensor x);

    Tensor project(Tensor x);

    Tensor mlpNorm(Tensor x);

    Tensor up(Tensor x);

    Tensor down(Tensor x);

    /** Appends to the keys that a session has, and answers with all. */
    Tensor keyCache(Tensor keys);

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
  Tensor words();

  /** A vector for each position. */
  Tensor positions();

  int layers();

  Layer layer(int i);

  Tensor norm(Tensor x);

  /** Where in a session words stand. */
  Tensor places(Tensor ids);

  /** Logits {@code [1, S, words]} of what follows each of the words {@code [1, S]} of a text. */
  default Tensor predict(Tensor ids) {
    return linear(norm(read(ids, iota(ids, 1), false)), words());
  }

  /** Logits {@code [1, words]} of what follows what a session has read, these words last. */
  default Tensor continued(Tensor ids) {
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
