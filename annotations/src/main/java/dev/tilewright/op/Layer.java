package dev.tilewright.op;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Operators;
import dev.tilewright.Tensor;
import java.util.List;

/**
 * What an annotated method without a body computes: the annotation's values, without the
 * annotation. Weight names are relative to the block; the file's name for a weight is the block's
 * prefix, a dot, and this.
 */
public sealed interface Layer {
  /** How many tensors the method takes. */
  int arity();

  /** The layer applied to the method's arguments. */
  Tensor apply(List<Tensor> arguments, WeightSource weights);

  /** {@code x W^T + b}: W is {@code name.weight [out, in]}, b is {@code name.bias [out]}. */
  record Linear(String name, int out, boolean bias) implements Layer {
    @Override
    public int arity() {
      return 1;
    }

    @Override
    public Tensor apply(List<Tensor> arguments, WeightSource weights) {
      Tensor x = arguments.getFirst();
      Tensor weight =
          weights.weight(name + ".weight", floats(Dim.of(out), lastAxis(x, "a linear layer")));
      return bias
          ? Operators.linear(x, weight, weights.weight(name + ".bias", floats(Dim.of(out))))
          : Operators.linear(x, weight);
    }
  }

  /** Rows of {@code name.weight [rows, dim]} by INT32 ids of any shape. */
  record Embedding(String name, int rows, int dim) implements Layer {
    @Override
    public int arity() {
      return 1;
    }

    @Override
    public Tensor apply(List<Tensor> arguments, WeightSource weights) {
      Tensor table = weights.weight(name + ".weight", floats(Dim.of(rows), Dim.of(dim)));
      return table.gather(0, arguments.getFirst());
    }
  }

  /**
   * {@link Operators#layerNorm} with {@code name.weight} and {@code name.bias}, both of the last
   * axis.
   */
  record LayerNorm(String name, float eps) implements Layer {
    @Override
    public int arity() {
      return 1;
    }

    @Override
    public Tensor apply(List<Tensor> arguments, WeightSource weights) {
      Tensor x = arguments.getFirst();
      TensorType type = floats(lastAxis(x, "a layer norm"));
      return Operators.layerNorm(
          x, weights.weight(name + ".weight", type), weights.weight(name + ".bias", type), eps);
    }
  }

  /** {@link Operators#rmsNorm} with {@code name.weight} of the last axis. */
  record RmsNorm(String name, float eps) implements Layer {
    @Override
    public int arity() {
      return 1;
    }

    @Override
    public Tensor apply(List<Tensor> arguments, WeightSource weights) {
      Tensor x = arguments.getFirst();
      return Operators.rmsNorm(
          x, weights.weight(name + ".weight", floats(lastAxis(x, "an RMS norm"))), eps);
    }
  }

  /** The weight {@code name} itself. */
  record Parameter(String name, TensorType type) implements Layer {
    @Override
    public int arity() {
      return 0;
    }

    @Override
    public Tensor apply(List<Tensor> arguments, WeightSource weights) {
      return weights.weight(name, type);
    }
  }

  /** Rows appended to what a session remembers under {@code name}. */
  record State(String name, int capacity, int window) implements Layer {
    @Override
    public int arity() {
      return 1;
    }

    @Override
    public Tensor apply(List<Tensor> arguments, WeightSource weights) {
      return weights.append(name, capacity, window, arguments.getFirst());
    }
  }

  /** The places of rows in their session. */
  record Positions() implements Layer {
    @Override
    public int arity() {
      return 1;
    }

    @Override
    public Tensor apply(List<Tensor> arguments, WeightSource weights) {
      Tensor x = arguments.getFirst();
      if (x.rank() < 2) {
        throw new TensorTypeException(
            TensorTypeException.Reason.RANK, "positions are those of [1, S, ...], not " + x.type());
      }
      Dim rows = x.dim(1);
      List<Dim> places = List.of(x.dim(0), rows);
      Evaluator evaluator = x.evaluator();
      Tensor first = evaluator.apply(new Primitive.Extent(weights.before(rows)));
      return evaluator.apply(new Primitive.Iota(places, 1)).plus(first);
    }
  }

  private static TensorType floats(Dim... shape) {
    return new TensorType(DType.FLOAT32, List.of(shape));
  }

  private static Dim lastAxis(Tensor x, String what) {
    if (x.rank() == 0) {
      throw new TensorTypeException(
          TensorTypeException.Reason.RANK, what + " takes at least one axis, not a scalar");
    }
    return x.dim(-1);
  }
}
