package dev.tilewright.target.pim;

import dev.tilewright.op.Primitive.BinaryKind;
import dev.tilewright.op.Primitive.ReduceKind;
import dev.tilewright.op.Primitive.UnaryKind;

/** The arithmetic of a unit: every result is an f32. */
interface Scalar {
  float unary(UnaryKind kind, float x);

  float binary(BinaryKind kind, float x, float y);

  /** The fold of a row; the order of a sum is the unit's. */
  float fold(ReduceKind kind, float[] row);

  /** Takes note of a number that was stored. */
  void stored();

  /** The seconds since the unit was made. */
  double seconds();
}
