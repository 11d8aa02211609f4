package dev.tilewright.target.pim;

import dev.tilewright.op.Primitive.BinaryKind;
import dev.tilewright.op.Primitive.ReduceKind;
import dev.tilewright.op.Primitive.UnaryKind;
import dev.tilewright.pim.controller.Controller;
import dev.tilewright.pim.controller.Lane;

/**
 * Functions by additions and multiplications: a quotient is the product with a reciprocal, {@code
 * tanh x = 1 - 2 / (1 + e^2x)}. A fold is one a lane, then a tree.
 */
final class OnController implements Scalar {
  private final Controller controller;
  private final Lane lane;
  private long folds;

  OnController(Controller controller) {
    this.controller = controller;
    lane = new Lane(controller.arithmetic());
  }

  @Override
  public float unary(UnaryKind kind, float x) {
    return switch (kind) {
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case EXP, COARSE_EXP -> lane.exp(x);
      case SQRT -> x == 0 ? x : lane.multiply(x, lane.inverseRoot(x));
      case RSQRT -> lane.inverseRoot(x);
      case TANH -> lane.add(1, -lane.multiply(2, lane.sigmoidOfNegative(lane.multiply(2, x))));
      case FLOOR -> lane.add((float) Math.floor(x), 0);
      case ROUND -> lane.add((float) Math.rint(x), 0);
      case LOG, SIN, COS, ERF, COARSE_ERF, NOT ->
          throw new IllegalArgumentException("the controller has no " + kind);
    };
  }

  @Override
  public float binary(BinaryKind kind, float x, float y) {
    return switch (kind) {
      case ADD -> lane.add(x, y);
      case SUB -> lane.add(x, -y);
      case MUL -> lane.multiply(x, y);
      case DIV -> lane.multiply(x, lane.reciprocal(y));
      case MIN -> -lane.max(-x, -y);
      case MAX -> lane.max(x, y);
      case POW, AND, OR -> throw new IllegalArgumentException("the controller has no " + kind);
    };
  }

  @Override
  public float fold(ReduceKind kind, float[] row) {
    folds++;
    return switch (kind) {
      case SUM -> controller.sum(lane, row);
      case MAX -> {
        float max = Float.NEGATIVE_INFINITY;
        for (float x : row) {
          max = lane.max(max, x);
        }
        yield max;
      }
      case MIN -> {
        float max = Float.NEGATIVE_INFINITY;
        for (float x : row) {
          max = lane.max(max, -x);
        }
        yield -max;
      }
    };
  }

  /** Additions and multiplications are what takes time. */
  @Override
  public void stored() {}

  @Override
  public double seconds() {
    return seconds(controller, (double) lane.operations(), (double) folds);
  }

  /** Operations since the unit was made. */
  long operations() {
    return lane.operations();
  }

  /** Those of a fold: a sum ends in a tree over the lanes. */
  static double operations(ReduceKind kind, int row, int lanes) {
    return switch (kind) {
      case SUM -> row + lanes - 1.0;
      case MAX, MIN -> row;
    };
  }

  /** Operations spread over the lanes, and the steps of each fold's tree. */
  static double seconds(Controller controller, double operations, double folds) {
    int lanes = controller.lanes();
    int tree = Integer.SIZE - Integer.numberOfLeadingZeros(lanes - 1);
    return (Math.ceil(operations / lanes) + folds * tree) / controller.hertz();
  }
}
