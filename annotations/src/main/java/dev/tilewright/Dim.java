package dev.tilewright;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;

/**
 * The extent of an axis: a polynomial with integer coefficients over symbols such as {@code B} and
 * {@code S}, and over floored quotients of such polynomials. Polynomials are kept in canonical
 * form, so that equal extents are equal objects: {@code (B + 1) * S} equals {@code S + S * B}.
 *
 * {@snippet :
 * Dim tokens = Dim.symbol("B").times(Dim.symbol("S"));
 * String text = tokens.times(384).toString();   // gives 384*B*S
 * long count = tokens.evaluate(Map.of("B", 2L, "S", 8L)::get);   // gives 16
 * }
 */
public final class Dim {
  /** What a monomial multiplies: a symbol, or a quotient that no polynomial can express. */
  private sealed interface Atom extends Comparable<Atom> {
    record Symbol(String name) implements Atom {
      @Override
      public String toString() {
        return name;
      }
    }

    record Quotient(Dim dividend, long divisor) implements Atom {
      @Override
      public String toString() {
        return "((" + dividend + ")/" + divisor + ")";
      }
    }

    @Override
    default int compareTo(Atom other) {
      return toString().compareTo(other.toString());
    }
  }

  /** A product of atoms, each once for every power; sorted, so that lists can be compared. */
  private record Monomial(List<Atom> factors) implements Comparable<Monomial> {
    static final Monomial ONE = new Monomial(List.of());

    Monomial times(Monomial other) {
      List<Atom> all = new ArrayList<>(factors);
      all.addAll(other.factors);
      all.sort(null);
      return new Monomial(List.copyOf(all));
    }

    @Override
    public int compareTo(Monomial other) {
      if (this == other) {
        return 0;
      }
      int byDegree = Integer.compare(other.factors.size(), factors.size());
      return byDegree != 0 ? byDegree : factors.toString().compareTo(other.factors.toString());
    }
  }

  /** The extents 0 and 1. */
  public static final Dim ZERO = new Dim(new TreeMap<>());

  public static final Dim ONE = of(1);

  private final TreeMap<Monomial, Long> terms;

  private Dim(TreeMap<Monomial, Long> terms) {
    this.terms = terms;
  }

  /** A known extent. */
  public static Dim of(long value) {
    TreeMap<Monomial, Long> terms = new TreeMap<>();
    if (value != 0) {
      terms.put(Monomial.ONE, value);
    }
    return new Dim(terms);
  }

  /** An extent known when the model is called, by its name. */
  public static Dim symbol(String name) {
    if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      throw new IllegalArgumentException(
          "'" + name + "' cannot name a dimension: letters, digits and _ can");
    }
    TreeMap<Monomial, Long> terms = new TreeMap<>();
    terms.put(new Monomial(List.of(new Atom.Symbol(name))), 1L);
    return new Dim(terms);
  }

  /**
   * Reads the form that {@link #toString} prints, which is also what {@code @Shape} holds: {@code
   * 384}, {@code S}, {@code 2*S + 1}, {@code B*S}, {@code (S + 3)/4} (floored).
   *
   * @throws IllegalArgumentException if the text is no such polynomial; the message names the place
   */
  public static Dim parse(String text) {
    return new DimParser(text).parse();
  }

  public Dim plus(Dim other) {
    TreeMap<Monomial, Long> sum = new TreeMap<>(terms);
    other.terms.forEach((monomial, factor) -> add(sum, monomial, factor));
    return new Dim(sum);
  }

  public Dim plus(long other) {
    return plus(of(other));
  }

  public Dim minus(Dim other) {
    return plus(other.times(-1));
  }

  public Dim minus(long other) {
    return plus(-other);
  }

  public Dim times(Dim other) {
    TreeMap<Monomial, Long> product = new TreeMap<>();
    terms.forEach(
        (left, a) ->
            other.terms.forEach(
                (right, b) -> add(product, left.times(right), Math.multiplyExact(a, b))));
    return new Dim(product);
  }

  public Dim times(long factor) {
    return times(of(factor));
  }

  /** The floored quotient by a positive number: exact where every coefficient divides. */
  public Dim dividedBy(long divisor) {
    if (divisor <= 0) {
      throw new IllegalArgumentException(
          "an extent is divided by a positive number, not by " + divisor);
    }
    if (isKnown()) {
      return of(Math.floorDiv(value(), divisor));
    }
    TreeMap<Monomial, Long> whole = new TreeMap<>();
    TreeMap<Monomial, Long> rest = new TreeMap<>();
    terms.forEach(
        (monomial, factor) -> (factor % divisor == 0 ? whole : rest).put(monomial, factor));
    whole.replaceAll((_, factor) -> factor / divisor);
    Dim exact = new Dim(whole);
    Dim remainder = new Dim(rest);
    if (remainder.isKnown()) {
      return exact.plus(Math.floorDiv(remainder.value(), divisor));
    }
    TreeMap<Monomial, Long> quotient = new TreeMap<>();
    quotient.put(new Monomial(List.of(new Atom.Quotient(remainder, divisor))), 1L);
    return exact.plus(new Dim(quotient));
  }

  /** The quotient rounded up: {@code (this + divisor - 1) / divisor}. */
  public Dim ceilDividedBy(long divisor) {
    return plus(divisor - 1).dividedBy(divisor);
  }

  /**
   * {@code this / other} if it is a polynomial without remainder, which decides a {@code -1} in a
   * reshape; else null.
   */
  public Dim exactlyDividedBy(Dim other) {
    if (other.equals(ZERO)) {
      return null;
    }
    Dim quotient = ZERO;
    Dim remainder = this;
    Map.Entry<Monomial, Long> lead = other.terms.firstEntry();
    while (!remainder.equals(ZERO)) {
      Map.Entry<Monomial, Long> head = remainder.terms.firstEntry();
      List<Atom> factors = new ArrayList<>(head.getKey().factors);
      for (Atom factor : lead.getKey().factors) {
        if (!factors.remove(factor)) {
          return null;
        }
      }
      if (head.getValue() % lead.getValue() != 0) {
        return null;
      }
      TreeMap<Monomial, Long> step = new TreeMap<>();
      step.put(new Monomial(List.copyOf(factors)), head.getValue() / lead.getValue());
      quotient = quotient.plus(new Dim(step));
      remainder = remainder.minus(new Dim(step).times(other));
    }
    return quotient;
  }

  /** Whether the extent is a number. */
  public boolean isKnown() {
    return terms.isEmpty() || (terms.size() == 1 && terms.containsKey(Monomial.ONE));
  }

  /** Whether the extent is the given number. */
  public boolean is(long value) {
    return isKnown() && value() == value;
  }

  /**
   * The number.
   *
   * @throws IllegalStateException if the extent holds a symbol
   */
  public long value() {
    if (!isKnown()) {
      throw new IllegalStateException(
          "the extent " + this + " is not known before the model is called");
    }
    return terms.getOrDefault(Monomial.ONE, 0L);
  }

  /**
   * The number as an int, for loops and sizes in a model's own code.
   *
   * @throws IllegalStateException if the extent holds a symbol
   * @throws ArithmeticException if it does not fit
   */
  public int intValue() {
    return Math.toIntExact(value());
  }

  /**
   * The value under the given values of the symbols; overflow throws {@link ArithmeticException}.
   */
  public long evaluate(ToLongFunction<String> symbols) {
    long sum = 0;
    for (Map.Entry<Monomial, Long> term : terms.entrySet()) {
      long product = term.getValue();
      for (Atom atom : term.getKey().factors()) {
        product =
            Math.multiplyExact(
                product,
                switch (atom) {
                  case Atom.Symbol symbol -> symbols.applyAsLong(symbol.name());
                  case Atom.Quotient quotient ->
                      Math.floorDiv(quotient.dividend().evaluate(symbols), quotient.divisor());
                });
      }
      sum = Math.addExact(sum, product);
    }
    return sum;
  }

  /**
   * The polynomial in another arithmetic, term by term in the printed order.
   *
   * @param quotient the floored quotient by a positive number
   */
  public <T> T fold(
      LongFunction<T> number,
      Function<String, T> symbol,
      BinaryOperator<T> sum,
      BinaryOperator<T> product,
      BiFunction<T, Long, T> quotient) {
    T total = null;
    for (Map.Entry<Monomial, Long> term : terms.entrySet()) {
      T value = null;
      for (Atom atom : term.getKey().factors()) {
        T factor =
            switch (atom) {
              case Atom.Symbol named -> symbol.apply(named.name());
              case Atom.Quotient inner ->
                  quotient.apply(
                      inner.dividend().fold(number, symbol, sum, product, quotient),
                      inner.divisor());
            };
        value = value == null ? factor : product.apply(value, factor);
      }
      T coefficient = number.apply(term.getValue());
      if (value == null) {
        value = coefficient;
      } else if (term.getValue() != 1) {
        value = product.apply(coefficient, value);
      }
      total = total == null ? value : sum.apply(total, value);
    }
    return total == null ? number.apply(0) : total;
  }

  /** The symbols it depends on, sorted. */
  public Set<String> symbols() {
    Set<String> names = new TreeSet<>();
    for (Monomial monomial : terms.keySet()) {
      for (Atom atom : monomial.factors()) {
        switch (atom) {
          case Atom.Symbol symbol -> names.add(symbol.name());
          case Atom.Quotient quotient -> names.addAll(quotient.dividend().symbols());
        }
      }
    }
    return names;
  }

  /** The extent with each symbol replaced by what the map holds for it, where it holds anything. */
  public Dim substitute(Map<String, Dim> symbols) {
    Dim sum = ZERO;
    for (Map.Entry<Monomial, Long> term : terms.entrySet()) {
      Dim product = of(term.getValue());
      for (Atom atom : term.getKey().factors()) {
        product =
            product.times(
                switch (atom) {
                  case Atom.Symbol symbol ->
                      symbols.getOrDefault(symbol.name(), symbol(symbol.name()));
                  case Atom.Quotient quotient ->
                      quotient.dividend().substitute(symbols).dividedBy(quotient.divisor());
                });
      }
      sum = sum.plus(product);
    }
    return sum;
  }

  /**
   * Whether this is at most the other for all symbols of at least 1, as far as coefficients alone
   * can tell.
   */
  public boolean isProvablyAtMost(Dim other) {
    Dim gap = other.minus(this);
    // Each monomial is at least 1, so a positive one pays for the constant; negative ones cannot be
    // bounded.
    long least = 0;
    for (Map.Entry<Monomial, Long> term : gap.terms.entrySet()) {
      boolean quotient = term.getKey().factors().stream().anyMatch(Atom.Quotient.class::isInstance);
      if (!term.getKey().equals(Monomial.ONE) && (term.getValue() < 0 || quotient)) {
        return false;
      }
      least += term.getValue();
    }
    return least >= 0;
  }

  private static void add(TreeMap<Monomial, Long> terms, Monomial monomial, long factor) {
    long sum = Math.addExact(terms.getOrDefault(monomial, 0L), factor);
    if (sum == 0) {
      terms.remove(monomial);
    } else {
      terms.put(monomial, sum);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Dim dim && terms.equals(dim.terms);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(terms);
  }

  @Override
  public String toString() {
    if (terms.isEmpty()) {
      return "0";
    }
    StringBuilder text = new StringBuilder();
    for (Map.Entry<Monomial, Long> term : terms.entrySet()) {
      long factor = term.getValue();
      if (!text.isEmpty()) {
        text.append(factor < 0 ? " - " : " + ");
        factor = Math.abs(factor);
      }
      List<String> parts = new ArrayList<>();
      if (factor != 1 || term.getKey().factors().isEmpty()) {
        parts.add(
            factor == -1 && !term.getKey().factors().isEmpty() ? "-1" : Long.toString(factor));
      }
      term.getKey().factors().forEach(atom -> parts.add(atom.toString()));
      text.append(String.join("*", parts));
    }
    return text.toString();
  }
}
