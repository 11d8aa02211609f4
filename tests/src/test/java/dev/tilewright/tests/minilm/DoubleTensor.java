package dev.tilewright.tests.minilm;

import dev.tilewright.Tensor;
import dev.tilewright.op.Evaluator;
import dev.tilewright.op.TensorType;

/** A tensor whose elements of whatever type are held as doubles, row-major. */
record DoubleTensor(TensorType type, double[] elements) implements Tensor {
  @Override
  public Evaluator evaluator() {
    return DoubleEvaluator.INSTANCE;
  }

  /** The distance between neighbours along each axis. */
  int[] strides() {
    int[] strides = new int[type.rank()];
    int stride = 1;
    for (int axis = strides.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= type.dim(axis).intValue();
    }
    return strides;
  }

  @Override
  public float[] toFloats() {
    float[] floats = new float[elements.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) elements[i];
    }
    return floats;
  }

  @Override
  public int[] toInts() {
    int[] ints = new int[elements.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = (int) elements[i];
    }
    return ints;
  }
}
