package dev.tilewright.codegen.tile;

import dev.tilewright.Dim;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * A 64-bit integer expression of the tile IR: offsets, bounds, trip counts. The factories fold
 * constants.
 */
@SuppressWarnings("ClassInitializationDeadlock") // kept by convention: a compilation is one thread
public sealed interface Index {
  record Constant(long value) implements Index {}

  /**
   * A loop's variable, a defined variable, a symbolic extent, or {@code worker} and {@code
   * workers}.
   */
  record Variable(String name) implements Index {}

  /** Two operands; QUOTIENT and REMAINDER are floored and take positive divisors. */
  record Binary(Kind kind, Index left, Index right) implements Index {}

  enum Kind {
    SUM,
    DIFFERENCE,
    PRODUCT,
    QUOTIENT,
    REMAINDER,
    LEAST,
    GREATEST
  }

  Index ZERO = new Constant(0);
  Index ONE = new Constant(1);

  static Index of(long value) {
    return new Constant(value);
  }

  static Index variable(String name) {
    return new Variable(name);
  }

  /** The polynomial as arithmetic over its symbols' variables. */
  static Index of(Dim dim) {
    return dim.isKnown() ? of(dim.value()) : DimIndex.convert(dim);
  }

  default Index plus(Index other) {
    if (this instanceof Constant a && other instanceof Constant b) {
      return of(a.value() + b.value());
    }
    if (isConstant(0)) {
      return other;
    }
    return other.isConstant(0) ? this : new Binary(Kind.SUM, this, other);
  }

  default Index plus(long other) {
    return plus(of(other));
  }

  default Index minus(Index other) {
    if (this instanceof Constant a && other instanceof Constant b) {
      return of(a.value() - b.value());
    }
    return other.isConstant(0) ? this : new Binary(Kind.DIFFERENCE, this, other);
  }

  default Index times(Index other) {
    if (this instanceof Constant a && other instanceof Constant b) {
      return of(a.value() * b.value());
    }
    if (isConstant(0) || other.isConstant(0)) {
      return ZERO;
    }
    if (isConstant(1)) {
      return other;
    }
    return other.isConstant(1) ? this : new Binary(Kind.PRODUCT, this, other);
  }

  default Index times(long other) {
    return times(of(other));
  }

  /** The floored quotient by a positive divisor. */
  default Index dividedBy(Index other) {
    if (this instanceof Constant a && other instanceof Constant b) {
      return of(Math.floorDiv(a.value(), b.value()));
    }
    return other.isConstant(1) ? this : new Binary(Kind.QUOTIENT, this, other);
  }

  default Index dividedBy(long other) {
    return dividedBy(of(other));
  }

  default Index ceilDividedBy(long other) {
    return plus(other - 1).dividedBy(other);
  }

  /** The remainder of the floored quotient by a positive divisor. */
  default Index remainder(Index other) {
    if (this instanceof Constant a && other instanceof Constant b) {
      return of(Math.floorMod(a.value(), b.value()));
    }
    return other.isConstant(1) ? ZERO : new Binary(Kind.REMAINDER, this, other);
  }

  default Index min(Index other) {
    if (this instanceof Constant a && other instanceof Constant b) {
      return of(Math.min(a.value(), b.value()));
    }
    return new Binary(Kind.LEAST, this, other);
  }

  default Index max(Index other) {
    if (this instanceof Constant a && other instanceof Constant b) {
      return of(Math.max(a.value(), b.value()));
    }
    return new Binary(Kind.GREATEST, this, other);
  }

  /** With variables replaced. */
  default Index substitute(Map<String, Index> values) {
    return switch (this) {
      case Constant _ -> this;
      case Variable(String name) -> values.getOrDefault(name, this);
      case Binary(Kind kind, Index a, Index b) ->
          combine(kind, a.substitute(values), b.substitute(values));
    };
  }

  /** The value, given those of variables. */
  default long evaluate(ToLongFunction<String> variables) {
    return switch (this) {
      case Constant(long value) -> value;
      case Variable(String name) -> variables.applyAsLong(name);
      case Binary(Kind kind, Index a, Index b) ->
          ((Constant) combine(kind, of(a.evaluate(variables)), of(b.evaluate(variables)))).value();
    };
  }

  private static Index combine(Kind kind, Index left, Index right) {
    return switch (kind) {
      case SUM -> left.plus(right);
      case DIFFERENCE -> left.minus(right);
      case PRODUCT -> left.times(right);
      case QUOTIENT -> left.dividedBy(right);
      case REMAINDER -> left.remainder(right);
      case LEAST -> left.min(right);
      case GREATEST -> left.max(right);
    };
  }

  default boolean isConstant(long value) {
    return this instanceof Constant constant && constant.value() == value;
  }
}
