package dev.tilewright.examples.search;

import static dev.tilewright.Operators.attention;
import static dev.tilewright.Operators.gelu;

import dev.tilewright.Block;
import dev.tilewright.LayerNorm;
import dev.tilewright.Linear;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/** A layer of BERT (<a href="https://arxiv.org/abs/1810.04805">Devlin et al.</a>), 384 wide. */
@Block
public interface EncoderLayer {
  int DIM = 384;
  int HEADS = 12;
  int FFN = 1536;

  @Linear(out = DIM)
  @Weights("attention.self.query")
  Tensor query(Tensor x);

  @Linear(out = DIM)
  @Weights("attention.self.key")
  Tensor key(Tensor x);

  @Linear(out = DIM)
  @Weights("attention.self.value")
  Tensor value(Tensor x);

  @Linear(out = DIM)
  @Weights("attention.output.dense")
  Tensor project(Tensor x);

  @LayerNorm(eps = 1e-12f)
  @Weights("attention.output.LayerNorm")
  Tensor norm1(Tensor x);

  @Linear(out = FFN)
  @Weights("intermediate.dense")
  Tensor up(Tensor x);

  @Linear(out = DIM)
  @Weights("output.dense")
  Tensor down(Tensor x);

  @LayerNorm(eps = 1e-12f)
  @Weights("output.LayerNorm")
  Tensor norm2(Tensor x);

  /** {@code [B, S, 384]} to the same; the mask is {@code [B, S]}. */
  default Tensor forward(Tensor x, Tensor mask) {
    var attended = attention(query(x), key(x), value(x), HEADS, mask);
    var y = norm1(x.plus(project(attended)));
    return norm2(y.plus(down(gelu(up(y)))));
  }
}
