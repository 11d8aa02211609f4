package dev.tilewright.tests.ragged;

import static dev.tilewright.Operators.attention;
import static dev.tilewright.Operators.gelu;
import static dev.tilewright.Operators.l2Normalize;
import static dev.tilewright.Operators.softmax;

import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Dim;
import dev.tilewright.Embedding;
import dev.tilewright.Entry;
import dev.tilewright.Int32;
import dev.tilewright.LayerNorm;
import dev.tilewright.Linear;
import dev.tilewright.Model;
import dev.tilewright.Parameter;
import dev.tilewright.Precision;
import dev.tilewright.Ragged;
import dev.tilewright.Repeat;
import dev.tilewright.Shape;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/** A small encoder over ragged batches, and the same over dense ones. */
@Model(precisions = {Precision.FLOAT32, Precision.BFLOAT16, Precision.INT8})
public interface Sentences extends CompiledModel {
  int ROWS = 50;
  int DIM = 32;
  int LONGEST = 70;

  /** A layer without a mask: a sequence has no padding. */
  @Block
  interface Layer {
    @Linear(out = DIM)
    Tensor query(Tensor x);

    @Linear(out = DIM)
    Tensor key(Tensor x);

    @Linear(out = DIM)
    Tensor value(Tensor x);

    @Linear(out = 80)
    Tensor up(Tensor x);

    @Linear(out = DIM)
    Tensor down(Tensor x);

    @LayerNorm(eps = 1e-6f)
    Tensor norm(Tensor x);

    default Tensor forward(Tensor x) {
      var y = x.plus(attention(query(x), key(x), value(x), 4));
      return norm(y.plus(down(gelu(up(y)))));
    }
  }

  /** One result a token, one a sentence. */
  record Encoded(@Shape({"B", "S", "32"}) Tensor tokens, @Shape({"B", "32"}) Tensor sentences) {}

  @Embedding(rows = ROWS, dim = DIM)
  Tensor words(Tensor ids);

  @Parameter
  @Shape({"70", "32"})
  Tensor places();

  @Repeat(2)
  @Weights("layer.{i}")
  Layer layer(int i);

  /** The layers' result and its mean. */
  @Entry
  default Encoded encode(@Shape({"B", "S"}) @Ragged @Int32 Tensor ids) {
    return layers(ids);
  }

  /** The same for sentences of one length. */
  @Entry
  default Encoded encodeDense(@Shape({"B", "S"}) @Int32 Tensor ids) {
    return layers(ids);
  }

  /** A weighted mean, with what is there for each token, for each sentence, and once for all. */
  @Entry
  default @Shape({"B", "32"}) Tensor weigh(
      @Shape({"B", "S"}) @Ragged @Int32 Tensor ids,
      @Shape({"B", "S"}) Tensor weights,
      @Shape({"B", "32"}) Tensor bias,
      @Shape({"S", "32"}) Tensor shared) {
    var shares = softmax(weights, 1).unsqueeze(-1);
    return words(ids).plus(shared).times(shares).sum(1).plus(bias);
  }

  private Encoded layers(Tensor ids) {
    var x = words(ids).plus(places().slice(0, Dim.ZERO, ids.dim(1)));
    for (int i = 0; i < 2; i++) {
      x = layer(i).forward(x);
    }
    return new Encoded(x, l2Normalize(x.mean(1)));
  }
}
