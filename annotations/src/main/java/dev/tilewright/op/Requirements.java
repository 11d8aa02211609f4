package dev.tilewright.op;

import dev.tilewright.DType;
import dev.tilewright.op.TensorTypeException.Reason;

/** What the rules of several primitives ask for. */
final class Requirements {
  private Requirements() {}

  /** The number is a value of the element type. */
  static void value(double value, DType dtype) {
    boolean fits =
        switch (dtype) {
          case FLOAT32 -> true;
          case BFLOAT16 -> Double.isNaN(value) || value == dtype.of(value);
          case INT32, INT8, UINT8, BOOL -> value == dtype.of(value);
        };
    if (!fits) {
      throw new TensorTypeException(
          Reason.DTYPE,
          value
              + " is no value of "
              + dtype
              + "; cast the tensor to f32 first, or take another number");
    }
  }

  /** The axis exists in a tensor of that rank. */
  static void axis(int axis, int rank) {
    if (axis < 0 || axis >= rank) {
      throw new TensorTypeException(
          Reason.AXIS,
          "axis "
              + axis
              + " does not exist: the tensor has "
              + rank
              + (rank == 1 ? " axis" : " axes, counted from 0"));
    }
  }
}
