package dev.tilewright.target.pim;

import dev.tilewright.op.Primitive.BinaryKind;
import dev.tilewright.op.Primitive.ReduceKind;
import dev.tilewright.op.Primitive.UnaryKind;
import dev.tilewright.pim.controller.Host;

/** Functions exactly, each rounded to f32 once; sums in binary64. */
final class OnHost implements Scalar {
  private final Host host;
  private long elements;

  OnHost(Host host) {
    this.host = host;
  }

  @Override
  public float unary(UnaryKind kind, float x) {
    return (float)
        switch (kind) {
          case NEG -> -x;
          case ABS -> Math.abs(x);
          case EXP, COARSE_EXP -> StrictMath.exp(x);
          case LOG -> StrictMath.log(x);
          case SQRT -> Math.sqrt(x);
          case RSQRT -> 1 / Math.sqrt(x);
          case TANH -> StrictMath.tanh(x);
          case SIN -> StrictMath.sin(x);
          case COS -> StrictMath.cos(x);
          case ERF, COARSE_ERF -> erf(x);
          case FLOOR -> Math.floor(x);
          case ROUND -> Math.rint(x);
          case NOT -> throw new IllegalArgumentException("no number is negated logically");
        };
  }

  @Override
  public float binary(BinaryKind kind, float x, float y) {
    return switch (kind) {
      case ADD -> x + y;
      case SUB -> x - y;
      case MUL -> x * y;
      case DIV -> x / y;
      case MIN -> Math.min(x, y);
      case MAX -> Math.max(x, y);
      case POW -> (float) StrictMath.pow(x, y);
      case AND, OR -> throw new IllegalArgumentException("no numbers are combined logically");
    };
  }

  @Override
  public float fold(ReduceKind kind, float[] row) {
    elements += row.length;
    double fold =
        switch (kind) {
          case SUM -> 0;
          case MAX -> Double.NEGATIVE_INFINITY;
          case MIN -> Double.POSITIVE_INFINITY;
        };
    for (float x : row) {
      fold =
          switch (kind) {
            case SUM -> fold + x;
            case MAX -> Math.max(fold, x);
            case MIN -> Math.min(fold, x);
          };
    }
    return (float) fold;
  }

  @Override
  public void stored() {
    elements++;
  }

  @Override
  public double seconds() {
    return elements / host.elementsPerSecond();
  }

  /**
   * {@code 2/sqrt(pi) exp(-x^2) sum over n of (2 x^2)^n x / (1 3 .. (2n+1))}: positive terms, so
   * that nothing cancels.
   */
  private static double erf(double x) {
    if (Math.abs(x) > 6) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; n < 200 && Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * StrictMath.exp(-x * x) * sum;
  }
}
