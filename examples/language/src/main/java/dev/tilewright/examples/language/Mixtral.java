package dev.tilewright.examples.language;

import static dev.tilewright.Operators.einsum;
import static dev.tilewright.Operators.largest;
import static dev.tilewright.Operators.softmax;
import static dev.tilewright.Operators.where;

import dev.tilewright.Block;
import dev.tilewright.Linear;
import dev.tilewright.Parameter;
import dev.tilewright.Shape;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/**
 * Mixtral (<a href="https://arxiv.org/abs/2401.04088">Jiang et al.</a>) without its sizes: a {@link
 * Llama} with several MLPs a layer, of which each token asks a few. All are computed, and those not
 * asked have no share.
 */
@Block
public interface Mixtral extends Llama {
  /** A layer with experts. */
  @Block
  interface Layer extends Llama.Layer {
    /** {@code [.., width]} to a score for each expert. */
    @Linear(size = "EXPERTS", bias = false)
    @Weights("ffn_gate_inp")
    Tensor route(Tensor x);

    /** {@code [experts, inner, width]}. */
    @Parameter
    @Shape({"EXPERTS", "FFN", "DIM"})
    @Weights("ffn_gate_exps.weight")
    Tensor gates();

    @Parameter
    @Shape({"EXPERTS", "FFN", "DIM"})
    @Weights("ffn_up_exps.weight")
    Tensor ups();

    /** {@code [experts, width, inner]}. */
    @Parameter
    @Shape({"EXPERTS", "DIM", "FFN"})
    @Weights("ffn_down_exps.weight")
    Tensor downs();

    /** How many experts a token asks. */
    int asked();

    @Override
    default Tensor gate(Tensor x) {
      return einsum("bsd,efd->bsef", x, gates());
    }

    @Override
    default Tensor up(Tensor x) {
      var all = softmax(route(x), -1);
      var shares = where(largest(all, asked()), all, 0f);
      shares = shares.dividedBy(shares.sum(-1).unsqueeze(-1));
      return einsum("bsd,efd->bsef", x, ups()).times(shares.unsqueeze(-1));
    }

    @Override
    default Tensor down(Tensor x) {
      return einsum("bsef,edf->bsed", x, downs()).sum(2);
    }
  }

  @Override
  Layer layer(int i);
}
