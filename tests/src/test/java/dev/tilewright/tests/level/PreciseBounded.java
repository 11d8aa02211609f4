package dev.tilewright.tests.level;

import dev.tilewright.DType;
import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.op.Evaluator;
import dev.tilewright.op.PrecisionPolicy;
import dev.tilewright.op.PrecisionPolicy.Role;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.eager.EagerEvaluator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * {@link BoundedEvaluator} with the products of a precision. What depends on weights alone is
 * computed eagerly besides, as it is when a model is loaded: where that is rounded to a narrow
 * type, the narrow numbers are known exactly.
 */
final class PreciseBounded implements Evaluator {
  /**
   * @param eager what is computed at load; null if a call's arguments take part
   */
  private record Tracked(Bounded value, HostTensor eager, Role role, PreciseBounded evaluator)
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

    Tracked with(PreciseBounded other) {
      return new Tracked(value, eager, role, other);
    }
  }

  private static final PreciseBounded PLAIN = new PreciseBounded(Precision.FLOAT32);

  private final Precision precision;

  PreciseBounded(Precision precision) {
    this.precision = precision;
  }

  Tensor weight(HostTensor value) {
    return new Tracked(Bounded.exactly(value), value, Role.WEIGHT, this);
  }

  Tensor argument(HostTensor value) {
    return new Tracked(Bounded.exactly(value), null, Role.ACTIVATION, this);
  }

  static Bounded value(Tensor result) {
    return ((Tracked) result).value();
  }

  @Override
  public Tensor apply(Primitive primitive, List<Tensor> operands) {
    List<Tracked> in = operands.stream().map(Tracked.class::cast).toList();
    boolean floats = in.stream().allMatch(operand -> operand.dtype() == DType.FLOAT32);
    if (precision != Precision.FLOAT32
        && primitive instanceof Primitive.Contract contract
        && floats) {
      Tracked left = in.get(0);
      Tracked right = in.get(1);
      Tensor product =
          PrecisionPolicy.product(
              precision, contract, left.with(PLAIN), left.role(), right.with(PLAIN), right.role());
      return ((Tracked) product).with(this);
    }
    Role role = Role.of(primitive, in.stream().map(Tracked::role).toList());
    HostTensor eager = role == Role.ACTIVATION ? null : eager(primitive, in);
    boolean narrowed =
        primitive instanceof Primitive.Blocks
            || (primitive instanceof Primitive.Cast(DType to) && to.isNarrow());
    Bounded value =
        narrowed && eager != null
            ? Bounded.exactly(eager)
            : BoundedEvaluator.INSTANCE.apply(
                primitive, List.copyOf(in.stream().map(Tracked::value).toList()));
    return new Tracked(value, eager, role, this);
  }

  private static HostTensor eager(Primitive primitive, List<Tracked> in) {
    Stream<HostTensor> known = in.stream().map(Tracked::eager).map(Objects::requireNonNull);
    return HostTensor.of(EagerEvaluator.INSTANCE.apply(primitive, List.copyOf(known.toList())));
  }
}
