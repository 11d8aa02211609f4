package dev.tilewright.codegen.index;

import dev.tilewright.Dim;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The axes that index expressions run over, and the arithmetic that needs their extents. Where a
 * division does not come out even, but would if an axis were two, the space remembers the wish:
 * {@link #split} grants it, and whoever builds expressions builds them again over the finer axes.
 *
 * <pre>
 * n over 384:   n/32, n%32            wish: split n by 32
 * n = 32*n_o + n_i:   n_o, n_i        affine
 * </pre>
 */
public final class Space {
  /** A quotient and a remainder. */
  public record Division(Affine quotient, Affine remainder) {}

  private record Wish(String axis, Dim inner) {}

  private final Map<String, Axis> axes = new LinkedHashMap<>();
  private final Set<String> whole;
  private Wish wish;

  /**
   * @param axes all axes
   * @param whole names of those that may not be split
   */
  public Space(Collection<Axis> axes, Set<String> whole) {
    axes.forEach(axis -> this.axes.put(axis.name(), axis));
    this.whole = Set.copyOf(whole);
  }

  /** All axes; parts of a split axis stand where it stood. */
  public List<Axis> axes() {
    return List.copyOf(axes.values());
  }

  public Axis axis(String name) {
    return axes.get(name);
  }

  /**
   * Grants the first wish since the last call.
   *
   * @return the names replaced by what they are now, or null if there was no wish
   */
  public Function<String, Affine> split() {
    if (wish == null) {
      return null;
    }
    Wish granted = wish;
    wish = null;
    List<Axis> before = axes();
    axes.clear();
    Axis outer = null;
    Axis inner = null;
    for (Axis axis : before) {
      if (axis.name().equals(granted.axis())) {
        outer = new Axis(axis.name() + "o", axis.extent().exactlyDividedBy(granted.inner()));
        inner = new Axis(axis.name() + "i", granted.inner());
        axes.put(outer.name(), outer);
        axes.put(inner.name(), inner);
      } else {
        axes.put(axis.name(), axis);
      }
    }
    Affine value = Affine.axis(outer).times(granted.inner()).plus(Affine.axis(inner));
    return name -> name.equals(granted.axis()) ? value : Affine.of(new Affine.Term.Of(name));
  }

  /** Forgets a wish that is not to be granted. */
  public void forget() {
    wish = null;
  }

  /** Where the element of an index lies in a dense row-major buffer of the shape. */
  public static Affine offset(List<Affine> index, List<Dim> shape) {
    Affine sum = Affine.ZERO;
    Dim stride = Dim.ONE;
    for (int axis = shape.size() - 1; axis >= 0; axis--) {
      sum = sum.plus(index.get(axis).times(stride));
      stride = stride.times(shape.get(axis));
    }
    return sum;
  }

  /** The index of the element at an offset of a dense row-major buffer of the shape. */
  public List<Affine> index(Affine offset, List<Dim> shape) {
    List<Affine> index = new ArrayList<>();
    Dim stride = shape.stream().reduce(Dim.ONE, Dim::times);
    Affine rest = offset;
    Dim left = stride;
    for (Dim extent : shape) {
      if (extent.is(1)) {
        index.add(Affine.ZERO);
        continue;
      }
      left = left.exactlyDividedBy(extent);
      Division division = divide(rest, left);
      index.add(division.quotient());
      rest = division.remainder();
    }
    return index;
  }

  /** The floored quotient and the remainder of a value that is not negative. */
  public Division divide(Affine value, Dim divisor) {
    if (divisor.is(1)) {
      return new Division(value, Affine.ZERO);
    }
    Map<Affine.Term, Dim> quotient = new LinkedHashMap<>();
    Map<Affine.Term, Dim> remainder = new LinkedHashMap<>();
    value
        .terms()
        .forEach(
            (term, coefficient) -> {
              Dim exact = coefficient.exactlyDividedBy(divisor);
              (exact == null ? remainder : quotient).put(term, exact == null ? coefficient : exact);
            });
    Dim exactBase = value.base().exactlyDividedBy(divisor);
    if (exactBase == null && value.base().isKnown() && divisor.isKnown()) {
      exactBase = value.base().dividedBy(divisor.value());
    }
    Affine even = new Affine(exactBase == null ? Dim.ZERO : exactBase, quotient);
    Affine rest =
        new Affine(
            exactBase == null ? value.base() : value.base().minus(exactBase.times(divisor)),
            remainder);
    Dim greatest = greatest(rest);
    if (greatest != null && greatest.isProvablyAtMost(divisor.minus(1))) {
      return new Division(even, rest);
    }
    wishFor(rest, divisor);
    return new Division(
        even.plus(Affine.of(new Affine.Term.Quotient(rest, divisor))),
        Affine.of(new Affine.Term.Remainder(rest, divisor)));
  }

  /** Whether the value can be seen to be less than the bound for all values of the axes. */
  public boolean isBelow(Affine value, Dim bound) {
    Dim greatest = greatest(value);
    return greatest != null && greatest.isProvablyAtMost(bound.minus(1));
  }

  /** Whether the value can be seen to be at least the bound for all values of the axes. */
  public boolean isAtLeast(Affine value, Dim bound) {
    return bound.isProvablyAtMost(value.base())
        && value.terms().values().stream().allMatch(Dim.ZERO::isProvablyAtMost);
  }

  private void wishFor(Affine rest, Dim divisor) {
    for (Map.Entry<Affine.Term, Dim> entry : rest.terms().entrySet()) {
      if (wish == null
          && entry.getKey() instanceof Affine.Term.Of of
          && !whole.contains(of.axis())) {
        Dim inner = divisor.exactlyDividedBy(entry.getValue());
        Dim extent = axes.get(of.axis()).extent();
        if (inner != null
            && !inner.is(1)
            && !inner.equals(extent)
            && extent.exactlyDividedBy(inner) != null) {
          wish = new Wish(of.axis(), inner);
        }
      }
    }
  }

  /** An upper bound of the value, or null if there is none to be seen. */
  private Dim greatest(Affine value) {
    Dim sum = value.base();
    for (Map.Entry<Affine.Term, Dim> entry : value.terms().entrySet()) {
      if (!Dim.ZERO.isProvablyAtMost(entry.getValue())) {
        return null;
      }
      Dim bound =
          switch (entry.getKey()) {
            case Affine.Term.Of of -> axes.get(of.axis()).extent();
            case Affine.Term.Remainder remainder -> remainder.divisor();
            case Affine.Term.Clamp clamp -> clamp.bound();
            case Affine.Term.Lookup lookup -> lookup.bound();
            case Affine.Term.Start _, Affine.Term.Place _, Affine.Term.Quotient _ -> null;
          };
      if (bound == null) {
        return null;
      }
      sum = sum.plus(bound.minus(1).times(entry.getValue()));
    }
    return sum;
  }
}
