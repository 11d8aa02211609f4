package dev.tilewright.bench.model;

import static dev.tilewright.Operators.attention;
import static dev.tilewright.Operators.silu;

import dev.tilewright.Block;
import dev.tilewright.Linear;
import dev.tilewright.RmsNorm;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/** A layer with norms before its parts, heads of 64 and a gate of SiLU, without biases. */
@Block
public interface GatedLayer {
  int DIM = 768;
  int HEADS = 12;
  int FFN = 3072;

  @RmsNorm
  @Weights("attention_norm")
  Tensor norm1(Tensor x);

  @Linear(out = DIM, bias = false)
  @Weights("query")
  Tensor query(Tensor x);

  @Linear(out = DIM, bias = false)
  @Weights("key")
  Tensor key(Tensor x);

  @Linear(out = DIM, bias = false)
  @Weights("value")
  Tensor value(Tensor x);

  @Linear(out = DIM, bias = false)
  @Weights("output")
  Tensor project(Tensor x);

  @RmsNorm
  @Weights("ffn_norm")
  Tensor norm2(Tensor x);

  @Linear(out = FFN, bias = false)
  @Weights("gate")
  Tensor gate(Tensor x);

  @Linear(out = FFN, bias = false)
  @Weights("up")
  Tensor up(Tensor x);

  @Linear(out = DIM, bias = false)
  @Weights("down")
  Tensor down(Tensor x);

  /** {@code [B, S, 768]} to the same. */
  default Tensor forward(Tensor x) {
    var h = norm1(x);
    var y = x.plus(project(attention(query(h), key(h), value(h), HEADS)));
    var g = norm2(y);
    return y.plus(down(silu(gate(g)).times(up(g))));
  }
}
