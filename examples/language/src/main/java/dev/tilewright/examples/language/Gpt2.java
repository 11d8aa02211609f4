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

    int heads();

    /** {@code [1, S, width]} to the same. */
    default Tensor forward(Tensor x) {
      var qkv = queryKeyValue(attentionNorm(x)).unflatten(2, 3, -1);
      var how = AttentionOptions.heads(heads()).causal(true);
      var attended = attention(qkv.select(2, 0), qkv.select(2, 1), qkv.select(2, 2), how);
      var y = x.plus(project(attended));
      return y.plus(down(geluTanh(up(mlpNorm(y)))));
    }
  }

  /** A vector for each word, which what may follow is compared with, too. */
  Tensor words();

  /** A vector for each position. */
  Tensor places();

  int layers();

  Layer layer(int i);

  Tensor norm(Tensor x);

  /** Logits {@code [1, S, words]} of what follows each of the words {@code [1, S]}. */
  default Tensor predict(Tensor ids) {
    var x = words().gather(0, ids).plus(places().gather(0, iota(ids, 1)));
    for (int i = 0; i < layers(); i++) {
      x = layer(i).forward(x);
    }
    return linear(norm(x), words());
  }
}
