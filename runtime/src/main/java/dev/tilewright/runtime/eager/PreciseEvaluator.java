package dev.tilewright.runtime.eager;

import dev.tilewright.DType;
import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.op.Evaluator;
import dev.tilewright.op.PrecisionPolicy;
import dev.tilewright.op.PrecisionPolicy.Role;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.HostTensor;
import java.util.List;

/** {@link EagerEvaluator} with the products of a precision. */
final class PreciseEvaluator implements Evaluator {
  /** A tensor that knows where it comes from. */
  private record Tracked(HostTensor value, Role role, PreciseEvaluator evaluator)
      implements Tensor {
    @Override
    public TensorType type() {
      return value.type();
    }

    @Override
    public float[] toFloats() {
      return value.toFloats();
    }

    @Override
    public int[] toInts() {
      return value.toInts();
    }

    @Override
    public String toString() {
      return value.toString();
    }
  }

  private final Precision precision;

  PreciseEvaluator(Precision precision) {
    this.precision = precision;
  }

  Precision precision() {
    return precision;
  }

  Tensor weight(HostTensor value) {
    return precision == Precision.FLOAT32 ? value : new Tracked(value, Role.WEIGHT, this);
  }

  /** An argument of a call; what is tracked already stays as it is. */
  Tensor activation(Tensor tensor) {
    return precision == Precision.FLOAT32 || tensor instanceof Tracked
        ? tensor
        : new Tracked(HostTensor.of(tensor), Role.ACTIVATION, this);
  }

  @Override
  public Tensor apply(Primitive primitive, List<Tensor> operands) {
    List<Tracked> in = operands.stream().map(this::activation).map(Tracked.class::cast).toList();
    List<Role> roles = in.stream().map(Tracked::role).toList();
    List<Tensor> values = in.stream().map(operand -> (Tensor) operand.value()).toList();
    boolean floats = values.stream().allMatch(value -> value.dtype() == DType.FLOAT32);
    Tensor result =
        switch (primitive) {
          case Primitive.Contract contract when floats ->
              PrecisionPolicy.product(
                  precision, contract, values.get(0), roles.get(0), values.get(1), roles.get(1));
          case Primitive.Gather gather when values.get(0).dtype() == DType.FLOAT32 ->
              PrecisionPolicy.gather(precision, gather, values.get(0), roles.get(0), values.get(1));
          default -> EagerEvaluator.INSTANCE.apply(primitive, values);
        };
    return new Tracked(HostTensor.of(result), Role.of(primitive, roles), this);
  }
}
