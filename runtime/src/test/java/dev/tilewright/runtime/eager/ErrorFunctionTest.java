package dev.tilewright.runtime.eager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class ErrorFunctionTest {
  @Property
  void agreesWithItsSeries(@ForAll @DoubleRange(min = -6.5, max = 6.5) double x) {
    assertThat(ErrorFunction.erf(x)).isCloseTo(series(x), within(1e-14));
  }

  @Test
  void agreesAtTheSeamsOfTheApproximations() {
    for (double seam : new double[] {0.46875, 4}) {
      assertThat(ErrorFunction.erf(seam)).isCloseTo(series(seam), within(1e-15));
      assertThat(ErrorFunction.erf(Math.nextUp(seam))).isCloseTo(series(seam), within(1e-15));
    }
  }

  @Test
  void keepsSignsInfinitiesAndNaN() {
    assertThat(ErrorFunction.erf(Double.POSITIVE_INFINITY)).isEqualTo(1);
    assertThat(ErrorFunction.erf(Double.NEGATIVE_INFINITY)).isEqualTo(-1);
    assertThat(ErrorFunction.erf(1e300)).isEqualTo(1);
    assertThat(ErrorFunction.erf(Double.NaN)).isNaN();
    assertThat(1 / ErrorFunction.erf(-0.0)).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  /**
   * 2/sqrt(pi) * e^(-x^2) * sum over n of 2^n x^(2n+1) / (1*3*..*(2n+1)): all terms of one sign,
   * nothing cancels.
   */
  private static double series(double x) {
    double term = x;
    double sum = 0;
    for (int n = 1; sum + term != sum; n++) {
      sum += term;
      term *= 2 * x * x / (2 * n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }
}
