package dev.tilewright.runtime.eager;

/**
 * {@code erf(x) = 2/sqrt(pi) * integral of e^(-t^2) from 0 to x}, by the rational minimax
 * approximations of W. J. Cody, "Rational Chebyshev approximations for the error function",
 * Mathematics of Computation 23 (1969), 631-637. The error is below 1e-15.
 */
@SuppressWarnings("FloatingPointLiteralPrecision") // as published
final class ErrorFunction {
  private static final double INVERSE_SQRT_PI = 1 / Math.sqrt(Math.PI);

  // erf(x) = x*P(x^2)/Q(x^2) up to SMALL; numerators and denominators from the highest power down.
  private static final double SMALL = 0.46875;
  private static final double[] P_SMALL = {
    1.85777706184603153e-1,
    3.16112374387056560,
    1.13864154151050156e2,
    3.77485237685302021e2,
    3.20937758913846947e3
  };
  private static final double[] Q_SMALL = {
    1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3
  };

  // 1 - erf(x) = e^(-x^2)*P(x)/Q(x) up to LARGE.
  private static final double LARGE = 4;
  private static final double[] P_MIDDLE = {
    2.15311535474403846e-8,
    5.64188496988670089e-1,
    8.88314979438837594,
    6.61191906371416295e1,
    2.98635138197400131e2,
    8.81952221241769090e2,
    1.71204761263407058e3,
    2.05107837782607147e3,
    1.23033935479799725e3
  };
  private static final double[] Q_MIDDLE = {
    1,
    1.57449261107098347e1,
    1.17693950891312499e2,
    5.37181101862009858e2,
    1.62138957456669019e3,
    3.29079923573345963e3,
    4.36261909014324716e3,
    3.43936767414372164e3,
    1.23033935480374942e3
  };

  // 1 - erf(x) = e^(-x^2)/x*(1/sqrt(pi) - y*P(y)/Q(y)) with y = 1/x^2 beyond.
  private static final double[] P_LARGE = {
    1.63153871373020978e-2,
    3.05326634961232344e-1,
    3.60344899949804439e-1,
    1.25781726111229246e-1,
    1.60837851487422766e-2,
    6.58749161529837803e-4
  };
  private static final double[] Q_LARGE = {
    1,
    2.56852019228982242,
    1.87295284992346725,
    5.27905102951428412e-1,
    6.05183413124413191e-2,
    2.33520497626869185e-3
  };

  private ErrorFunction() {}

  static double erf(double x) {
    double size = Math.abs(x);
    if (size <= SMALL) {
      double square = x * x;
      return x * polynomial(P_SMALL, square) / polynomial(Q_SMALL, square);
    }
    if (size <= LARGE) {
      double rest =
          Math.exp(-size * size) * polynomial(P_MIDDLE, size) / polynomial(Q_MIDDLE, size);
      return Math.copySign(1 - rest, x);
    }
    if (Double.isInfinite(x)) {
      return Math.signum(x);
    }
    double y = 1 / (size * size);
    double correction = y * polynomial(P_LARGE, y) / polynomial(Q_LARGE, y);
    double rest = Math.exp(-size * size) / size * (INVERSE_SQRT_PI - correction);
    // A NaN comes here and stays one.
    return Math.copySign(1 - rest, x);
  }

  private static double polynomial(double[] coefficients, double x) {
    double sum = 0;
    for (double coefficient : coefficients) {
      sum = sum * x + coefficient;
    }
    return sum;
  }
}
