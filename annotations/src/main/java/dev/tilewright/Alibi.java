package dev.tilewright;

import static dev.tilewright.Operators.exp;
import static dev.tilewright.Operators.iota;
import static dev.tilewright.Operators.where;

import dev.tilewright.op.Primitive;
import dev.tilewright.op.TensorTypeException;
import dev.tilewright.op.TensorTypeException.Reason;
import java.util.List;

/** Attention with linear biases. */
final class Alibi {
  private static final double LN2 = Math.log(2);

  private Alibi() {}

  static Tensor bias(Tensor query, Tensor key, int heads) {
    if (heads < 1) {
      throw new TensorTypeException(Reason.SHAPE, "alibi takes at least one head, not " + heads);
    }
    Tensor queries = iota(query, 1).unsqueeze(-1);
    Tensor keys = iota(key, 1);
    Tensor distance = keys.minus(queries).abs().cast(DType.FLOAT32);
    Tensor slopes = slopes(query, heads).unsqueeze(-1).unsqueeze(-1);
    return distance.times(slopes).negate().unsqueeze(0);
  }

  /**
   * {@code 2^(-8(h+1)/n)} for n heads, a power of two. Other numbers of heads take those of the
   * greatest such n below, then every other one of 2n.
   */
  private static Tensor slopes(Tensor like, int heads) {
    int n = Integer.highestOneBit(heads);
    Tensor numbers = like.evaluator().apply(new Primitive.Iota(List.of(Dim.of(heads)), 0));
    Tensor h = numbers.cast(DType.FLOAT32);
    Tensor first = power(h.plus(1f), -8.0 / n);
    return n == heads
        ? first
        : where(
            h.lessThan((float) n), first, power(h.minus((float) n).times(2f).plus(1f), -4.0 / n));
  }

  private static Tensor power(Tensor x, double factor) {
    return exp(x.times((float) (factor * LN2)));
  }
}
