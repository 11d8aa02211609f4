package dev.tilewright;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DimTest {
  private static final List<Dim> LEAVES =
      List.of(Dim.symbol("B"), Dim.symbol("S"), Dim.symbol("T2"), Dim.ZERO, Dim.ONE);

  /** Polynomials of some depth, quotients included. */
  @Provide
  Arbitrary<Dim> dims() {
    Arbitrary<Dim> leaf =
        Arbitraries.oneOf(
            Arbitraries.of(LEAVES), Arbitraries.integers().between(-9, 9).map(Dim::of));
    return Arbitraries.recursive(() -> leaf, this::larger, 0, 3);
  }

  private Arbitrary<Dim> larger(Arbitrary<Dim> dim) {
    return Arbitraries.oneOf(
        dim.tuple2().map(pair -> pair.get1().plus(pair.get2())),
        dim.tuple2().map(pair -> pair.get1().minus(pair.get2())),
        dim.tuple2().map(pair -> pair.get1().times(pair.get2())),
        dim.flatMap(a -> Arbitraries.integers().between(1, 8).map(d -> a.dividedBy(d))));
  }

  private static long value(Dim dim, int b, int s, int t) {
    return dim.evaluate(Map.of("B", (long) b, "S", (long) s, "T2", (long) t)::get);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void computesAsItsValuesDo(
      @ForAll("dims") Dim x,
      @ForAll("dims") Dim y,
      @ForAll @IntRange(min = 1, max = 9) int divisor,
      @ForAll @IntRange(min = 1, max = 20) int b,
      @ForAll @IntRange(min = 1, max = 20) int s,
      @ForAll @IntRange(min = 1, max = 20) int t) {
    long left = value(x, b, s, t);
    long right = value(y, b, s, t);
    assertThat(value(x.plus(y), b, s, t)).isEqualTo(left + right);
    assertThat(value(x.minus(y), b, s, t)).isEqualTo(left - right);
    assertThat(value(x.times(y), b, s, t)).isEqualTo(left * right);
    assertThat(value(x.dividedBy(divisor), b, s, t)).isEqualTo(Math.floorDiv(left, divisor));
    assertThat(value(x.ceilDividedBy(divisor), b, s, t)).isEqualTo(Math.ceilDiv(left, divisor));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void hasOneFormForEqualPolynomials(
      @ForAll("dims") Dim x, @ForAll("dims") Dim y, @ForAll("dims") Dim z) {
    assertThat(x.plus(y)).isEqualTo(y.plus(x)).hasSameHashCodeAs(y.plus(x));
    assertThat(x.plus(y).times(z)).isEqualTo(x.times(z).plus(y.times(z)));
    assertThat(x.minus(x)).isEqualTo(Dim.ZERO);
    assertThat(x.times(1)).isEqualTo(x);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void readsWhatItPrints(@ForAll("dims") Dim dim) {
    assertThat(Dim.parse(dim.toString())).isEqualTo(dim);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void dividesItsOwnProductsExactly(@ForAll("dims") Dim x, @ForAll("dims") Dim y) {
    if (y.equals(Dim.ZERO)) {
      assertThat(x.exactlyDividedBy(y)).isNull();
    } else {
      assertThat(x.times(y).exactlyDividedBy(y)).isEqualTo(x);
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void substitutesAsItEvaluates(
      @ForAll("dims") Dim x,
      @ForAll @IntRange(min = 1, max = 9) int b,
      @ForAll @IntRange(min = 1, max = 9) int s,
      @ForAll @IntRange(min = 1, max = 9) int t) {
    Dim known = x.substitute(Map.of("B", Dim.of(b), "S", Dim.of(s), "T2", Dim.of(t)));
    assertThat(known.isKnown()).isTrue();
    assertThat(known.value()).isEqualTo(value(x, b, s, t));
    assertThat(x.substitute(Map.of())).isEqualTo(x);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void provesOnlyWhatHolds(
      @ForAll("dims") Dim x,
      @ForAll("dims") Dim y,
      @ForAll @IntRange(min = 1, max = 50) int b,
      @ForAll @IntRange(min = 1, max = 50) int s,
      @ForAll @IntRange(min = 1, max = 50) int t) {
    if (x.isProvablyAtMost(y)) {
      assertThat(value(x, b, s, t)).isLessThanOrEqualTo(value(y, b, s, t));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "S + B*384, 384*B + S",
    "2*(S + 1) - 2, 2*S",
    "S*B, B*S",
    "(S+3)/4, ((S + 3)/4)",
    "(4*S+2)/4, S + ((2)/4)",
    "0*S, 0",
    "-S, -1*S",
    "7/2, 3"
  })
  void readsPolynomials(String text, String canonical) {
    assertThat(Dim.parse(text)).isEqualTo(Dim.parse(canonical));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "S+",
        "*S",
        "S S",
        "2S",
        "(S",
        "S)",
        "S/T",
        "S/0",
        "S%2",
        "é",
        "9999999999999999999",
        "4611686018427387904*S*2",
        "9223372036854775807 + 1"
      })
  void refusesOtherText(String text) {
    assertThatThrownBy(() -> Dim.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'");
  }

  @Test
  void refusesNestingWithoutEnd() {
    for (String open : List.of("(", "-", "-(")) {
      assertThatThrownBy(() -> Dim.parse(open.repeat(100_000) + "S"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("100 levels");
    }
  }

  @Test
  void provesSimpleBounds() {
    Dim s = Dim.symbol("S");
    assertThat(s.isProvablyAtMost(s.times(2))).isTrue();
    assertThat(Dim.ONE.isProvablyAtMost(s)).isTrue();
    assertThat(s.isProvablyAtMost(Dim.of(512))).isFalse();
    assertThat(Dim.of(2).isProvablyAtMost(s)).isFalse();
  }

  @Test
  void refusesWhatIsNotKnown() {
    assertThatThrownBy(() -> Dim.symbol("S").value())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("S");
    assertThatThrownBy(() -> Dim.of(1L << 40).intValue()).isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> Dim.symbol("S").times(Dim.symbol("S")).evaluate(_ -> Long.MAX_VALUE))
        .isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> Dim.symbol("S").dividedBy(0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Dim.symbol("2x")).isInstanceOf(IllegalArgumentException.class);
  }
}
