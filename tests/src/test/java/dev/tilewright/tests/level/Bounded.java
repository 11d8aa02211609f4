package dev.tilewright.tests.level;

import dev.tilewright.DType;
import dev.tilewright.Tensor;
import dev.tilewright.op.Evaluator;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.HostTensor;

/**
 * A tensor with, for each element, the value in double precision and a bound of how far FLOAT32
 * evaluation may be from it. Integers and truths are exact as doubles; an error of a truth says
 * that rounding may turn it.
 */
record Bounded(TensorType type, double[] values, double[] errors) implements Tensor {
  /** Exactly these elements. */
  static Bounded exactly(HostTensor tensor) {
    double[] values = new double[HostTensor.elementCount(tensor.type())];
    boolean fractions = tensor.dtype() == DType.FLOAT32 || tensor.dtype() == DType.BFLOAT16;
    float[] floats = fractions ? tensor.toFloats() : null;
    int[] ints = floats == null ? tensor.toInts() : null;
    for (int i = 0; i < values.length; i++) {
      values[i] = floats == null ? ints[i] : floats[i];
    }
    return new Bounded(tensor.type(), values, new double[values.length]);
  }

  @Override
  public Evaluator evaluator() {
    return BoundedEvaluator.INSTANCE;
  }

  @Override
  public float[] toFloats() {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  @Override
  public int[] toInts() {
    int[] ints = new int[values.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = (int) values[i];
    }
    return ints;
  }

  /**
   * How much of its tolerance the worst element of a result uses; above 1 the result is wrong.
   * Infinite where one is NaN or infinite and the other is not.
   */
  double use(HostTensor result) {
    Bounded other = exactly(result);
    double worst = 0;
    for (int i = 0; i < values.length; i++) {
      double distance = Math.abs(values[i] - other.values[i]);
      if (Double.compare(values[i], other.values[i]) == 0 || distance == 0) {
        continue;
      }
      double use = distance / (errors[i] + Tolerance.rounding(values[i]));
      worst = Math.max(worst, Double.isNaN(use) ? Double.POSITIVE_INFINITY : use);
    }
    return worst;
  }

  /** The greatest bound in proportion to the greatest value: what a passed comparison is worth. */
  double looseness() {
    double error = 0;
    double value = 0;
    for (int i = 0; i < values.length; i++) {
      error = Math.max(error, errors[i]);
      value = Math.max(value, Math.abs(values[i]));
    }
    return error == 0 ? 0 : error / Math.max(value, 1e-3);
  }
}
