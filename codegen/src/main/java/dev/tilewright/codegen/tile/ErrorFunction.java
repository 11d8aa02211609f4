package dev.tilewright.codegen.tile;

/** The error function in double precision, for references: relative error below 1e-14. */
final class ErrorFunction {
  private ErrorFunction() {}

  static double of(double x) {
    if (Double.isNaN(x)) {
      return x;
    }
    double a = Math.abs(x);
    if (a > 6) {
      return Math.signum(x);
    }
    return a < 2.5 ? series(x) : Math.signum(x) * (1 - tail(a));
  }

  /** {@code 2/sqrt(pi) * exp(-x^2) * sum of 2^n x^(2n+1) / (2n+1)!!}: all terms positive. */
  private static double series(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }

  /**
   * {@code erfc} by its continued fraction {@code exp(-x^2)/sqrt(pi) / (x + (1/2)/(x + (2/2)/(x +
   * ...)))}.
   */
  private static double tail(double x) {
    double fraction = x;
    for (int n = 120; n >= 1; n--) {
      fraction = x + n / 2.0 / fraction;
    }
    return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
  }
}
