package dev.tilewright.codegen.index;

import dev.tilewright.Dim;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * {@code base + sum of coefficient*term}: an integer that depends on axes, with symbolic
 * coefficients. It is affine in the axes that appear as terms of their own; what else depends on
 * axes hides in the other kinds of term.
 *
 * @param base what does not depend on any axis
 * @param terms coefficients that are not 0, by term
 */
public record Affine(Dim base, Map<Term, Dim> terms) {
  /** What a coefficient multiplies. */
  public sealed interface Term {
    /** An axis by its name. */
    record Of(String axis) implements Term {
      @Override
      public String toString() {
        return axis;
      }
    }

    /**
     * Where the sequence at the value of a ragged axis starts: the sum of the lengths before it.
     */
    record Start(String axis) implements Term {
      @Override
      public String toString() {
        return "start(" + axis + ")";
      }
    }

    /**
     * Where the states of the session of the sequence at the value of a ragged axis lie, in units
     * of {@link dev.tilewright.schema.RaggedAxes#PLACE} bytes.
     */
    record Place(String axis) implements Term {
      @Override
      public String toString() {
        return "place(" + axis + ")";
      }
    }

    /** The floored quotient. */
    record Quotient(Affine dividend, Dim divisor) implements Term {
      @Override
      public String toString() {
        return "(" + dividend + ")/(" + divisor + ")";
      }
    }

    /** The remainder of the floored quotient. */
    record Remainder(Affine dividend, Dim divisor) implements Term {
      @Override
      public String toString() {
        return "(" + dividend + ")%(" + divisor + ")";
      }
    }

    /**
     * The value limited to {@code 0 .. bound-1}: keeps reads inside a buffer where their result is
     * not used.
     */
    record Clamp(Affine value, Dim bound) implements Term {
      @Override
      public String toString() {
        return "clamp(" + value + ", " + bound + ")";
      }
    }

    /**
     * An INT32 element of a buffer, limited to {@code 0 .. bound-1}; if it was outside, the call
     * fails and names the site.
     *
     * @param site the number of the indexed access in its function
     */
    record Lookup(String buffer, Affine offset, Dim bound, int site) implements Term {
      @Override
      public String toString() {
        return buffer + "[" + offset + "]<" + bound + "#" + site;
      }
    }
  }

  public Affine {
    Map<Term, Dim> kept = new LinkedHashMap<>();
    terms.forEach(
        (term, coefficient) -> {
          if (!coefficient.equals(Dim.ZERO)) {
            kept.put(term, coefficient);
          }
        });
    terms = java.util.Collections.unmodifiableMap(kept);
  }

  public static final Affine ZERO = constant(Dim.ZERO);

  public static Affine constant(Dim value) {
    return new Affine(value, Map.of());
  }

  public static Affine constant(long value) {
    return constant(Dim.of(value));
  }

  public static Affine axis(Axis axis) {
    return of(new Term.Of(axis.name()));
  }

  public static Affine of(Term term) {
    return new Affine(Dim.ZERO, Map.of(term, Dim.ONE));
  }

  public Affine plus(Affine other) {
    Map<Term, Dim> sum = new LinkedHashMap<>(terms);
    other.terms.forEach((term, coefficient) -> sum.merge(term, coefficient, Dim::plus));
    return new Affine(base.plus(other.base), sum).recomposed();
  }

  /** {@code x/n*n + x%n} is x. */
  private Affine recomposed() {
    for (Map.Entry<Term, Dim> entry : terms.entrySet()) {
      if (entry.getKey() instanceof Term.Remainder(Affine dividend, Dim divisor)) {
        Term quotient = new Term.Quotient(dividend, divisor);
        if (entry.getValue().times(divisor).equals(terms.get(quotient))) {
          Map<Term, Dim> rest = new LinkedHashMap<>(terms);
          rest.remove(entry.getKey());
          rest.remove(quotient);
          return new Affine(base, rest).plus(dividend.times(entry.getValue()));
        }
      }
    }
    return this;
  }

  public Affine plus(Dim other) {
    return new Affine(base.plus(other), terms);
  }

  public Affine times(Dim factor) {
    Map<Term, Dim> product = new LinkedHashMap<>();
    terms.forEach((term, coefficient) -> product.put(term, coefficient.times(factor)));
    return new Affine(base.times(factor), product);
  }

  /** Whether it depends on no axis and on no buffer. */
  public boolean isConstant() {
    return terms.isEmpty();
  }

  /**
   * The factor of an axis: how far apart neighbours along it are. Meaningful where {@link
   * #isAffineIn}.
   */
  public Dim coefficient(String axis) {
    return terms.getOrDefault(new Term.Of(axis), Dim.ZERO);
  }

  /** Whether the axis appears as a term of its own or not at all. */
  public boolean isAffineIn(String axis) {
    return terms.keySet().stream()
        .allMatch(term -> term instanceof Term.Of || !axes(term).contains(axis));
  }

  /** Whether every term is an axis or a place of a sequence. */
  public boolean isAffine() {
    return terms.keySet().stream()
        .allMatch(
            term ->
                term instanceof Term.Of
                    || term instanceof Term.Start
                    || term instanceof Term.Place);
  }

  /** The axes that it depends on in any way. */
  public Set<String> axes() {
    Set<String> all = new LinkedHashSet<>();
    terms.keySet().forEach(term -> all.addAll(axes(term)));
    return all;
  }

  /** With each axis replaced by what the function gives for its name. */
  public Affine substitute(Function<String, Affine> axisValue) {
    Affine sum = constant(base);
    for (Map.Entry<Term, Dim> entry : terms.entrySet()) {
      Affine value =
          switch (entry.getKey()) {
            case Term.Of of -> axisValue.apply(of.axis());
            case Term.Start start -> of(new Term.Start(sequence(axisValue.apply(start.axis()))));
            case Term.Place place -> of(new Term.Place(sequence(axisValue.apply(place.axis()))));
            case Term.Quotient q ->
                of(new Term.Quotient(q.dividend().substitute(axisValue), q.divisor()));
            case Term.Remainder r ->
                of(new Term.Remainder(r.dividend().substitute(axisValue), r.divisor()));
            case Term.Clamp c -> of(new Term.Clamp(c.value().substitute(axisValue), c.bound()));
            case Term.Lookup l ->
                of(
                    new Term.Lookup(
                        l.buffer(), l.offset().substitute(axisValue), l.bound(), l.site()));
          };
      sum = sum.plus(value.times(entry.getValue()));
    }
    return sum;
  }

  private static String sequence(Affine sequence) {
    if (sequence.terms.size() == 1
        && sequence.base.equals(Dim.ZERO)
        && sequence.terms.keySet().iterator().next() instanceof Term.Of(String axis)
        && sequence.terms.values().iterator().next().is(1)) {
      return axis;
    }
    throw new IllegalArgumentException(
        "a sequence is at an axis' value, not at " + sequence + ", where it has no place");
  }

  private static Set<String> axes(Term term) {
    return switch (term) {
      case Term.Of of -> Set.of(of.axis());
      case Term.Start start -> Set.of(start.axis());
      case Term.Place place -> Set.of(place.axis());
      case Term.Quotient quotient -> quotient.dividend().axes();
      case Term.Remainder remainder -> remainder.dividend().axes();
      case Term.Clamp clamp -> clamp.value().axes();
      case Term.Lookup lookup -> lookup.offset().axes();
    };
  }

  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    terms.forEach(
        (term, coefficient) -> {
          String factor =
              coefficient.toString().contains(" ")
                  ? "(" + coefficient + ")"
                  : coefficient.toString();
          parts.add(coefficient.is(1) ? term.toString() : factor + "*" + term);
        });
    if (!base.equals(Dim.ZERO) || parts.isEmpty()) {
      parts.add(base.toString());
    }
    return String.join(" + ", parts);
  }
}
