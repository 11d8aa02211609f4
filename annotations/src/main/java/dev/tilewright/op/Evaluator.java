package dev.tilewright.op;

import dev.tilewright.Tensor;
import java.util.List;

/**
 * What a tensor's operations come down to. Eager execution computes the primitive at once; the
 * compiler appends it to a graph. Every operator and layer is written over this one method, so the
 * two cannot disagree on what an operator means.
 */
@FunctionalInterface
public interface Evaluator {
  /**
   * The primitive applied to operands.
   *
   * @throws TensorTypeException if {@link Primitive#infer} refuses the operands
   */
  Tensor apply(Primitive primitive, List<Tensor> operands);

  default Tensor apply(Primitive primitive, Tensor... operands) {
    return apply(primitive, List.of(operands));
  }
}
