package dev.tilewright.codegen.fuse;

import dev.tilewright.DType;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.op.Primitive.BinaryKind;
import dev.tilewright.op.Primitive.UnaryKind;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * The algebra that decides whether a weighted sum over keys can be computed in one sweep.
 *
 * <p>Sums over the keys are known only at the end. So each weight must be {@code w*n/d} with w free
 * of sums and n, d free of the key: then {@code sum of (w*n/d)*value = (sum of w*value)*n/d}, up to
 * rounding.
 *
 * <p>A maximum over the keys grows during the sweep. When it grows from m to m', what was summed is
 * multiplied by {@code exp(m - m')}; this is right if what is summed is of degree 1 in {@code
 * exp(-m)}.
 *
 * <p>Rounding to BFLOAT16 is relative: a factor moves through it at the cost of the same rounding
 * of another number.
 */
final class StreamAlgebra {
  static final String SCORE = "score";
  static final String MAXIMUM = "maximum";
  static final String SUM = "sum";

  /** Any degree: zero. */
  private static final Integer ANY = Integer.MIN_VALUE;

  private final String keys;

  StreamAlgebra(String keys) {
    this.keys = keys;
  }

  /** {@code weight*numerator/denominator}; null stands for 1. */
  record Factors(Element weight, Element numerator, Element denominator) {
    /** {@code value*numerator/denominator}. */
    Element applyTo(Element value) {
      Element product = product(value, numerator);
      return denominator == null
          ? product
          : new Element.Binary(BinaryKind.DIV, product, denominator);
    }

    Element weightOrOne() {
      return weight == null ? new Element.Constant(1, DType.FLOAT32) : weight;
    }
  }

  boolean isPerKey(Element element) {
    return Elements.dependsOn(element, keys) || has(element, SCORE::equals);
  }

  static boolean hasSum(Element element) {
    return has(element, name -> name.startsWith(SUM));
  }

  static boolean hasMaximum(Element element) {
    return has(element, MAXIMUM::equals);
  }

  private static boolean has(Element element, Predicate<String> name) {
    return Elements.contains(
        element, part -> part instanceof Element.Local local && name.test(local.name()));
  }

  /** Takes what does not depend on the key out of a weight that uses sums. */
  Factors factor(Element element) throws Illegal {
    if (!isPerKey(element)) {
      return new Factors(null, element, null);
    }
    if (!hasSum(element)) {
      return new Factors(element, null, null);
    }
    return switch (element) {
      case Element.Binary(BinaryKind kind, Element left, Element right) -> {
        Factors a = factor(left);
        Factors b = factor(right);
        yield switch (kind) {
          case MUL ->
              new Factors(
                  product(a.weight, b.weight),
                  product(a.numerator, b.numerator),
                  product(a.denominator, b.denominator));
          case DIV ->
              new Factors(
                  b.weight == null
                      ? a.weight
                      : new Element.Binary(BinaryKind.DIV, a.weightOrOne(), b.weight),
                  product(a.numerator, b.denominator),
                  product(a.denominator, b.numerator));
          case ADD, SUB -> {
            if (!sameRowFactor(a, b)) {
              throw new Illegal(
                  "the normalised weights are added to something else before the product, so the"
                      + " normaliser is no common factor");
            }
            yield new Factors(
                new Element.Binary(kind, a.weightOrOne(), b.weightOrOne()),
                a.numerator,
                a.denominator);
          }
          case MIN, MAX, POW, AND, OR -> throw refusal(kind);
        };
      }
      case Element.Unary(UnaryKind kind, Element operand) -> {
        if (kind != UnaryKind.NEG) {
          throw refusal(kind);
        }
        Factors inner = factor(operand);
        yield new Factors(
            new Element.Unary(UnaryKind.NEG, inner.weightOrOne()),
            inner.numerator,
            inner.denominator);
      }
      case Element.Select(Element condition, Element yes, Element no) -> {
        if (hasSum(condition)) {
          throw new Illegal(
              "a condition compares normalised weights, which are known only after all keys");
        }
        Factors a = factor(yes);
        Factors b = factor(no);
        boolean sameFactor = sameRowFactor(a, b);
        if (!sameFactor && !isZero(yes) && !isZero(no)) {
          throw new Illegal(
              "a choice between normalised weights and something else has no common factor");
        }
        Factors row = isZero(yes) ? b : a;
        Element left = isZero(yes) ? yes : a.weightOrOne();
        Element right = isZero(no) ? no : b.weightOrOne();
        yield new Factors(
            new Element.Select(condition, left, right), row.numerator, row.denominator);
      }
      case Element.Compare _ ->
          throw new Illegal(
              "a comparison uses normalised weights, which are known only after all keys");
      case Element.Cast(DType dtype, Element operand) when dtype == DType.BFLOAT16 -> {
        Factors inner = factor(operand);
        yield new Factors(
            new Element.Cast(dtype, inner.weightOrOne()), inner.numerator, inner.denominator);
      }
      case Element.Cast _ ->
          throw new Illegal(
              "a cast of normalised weights cannot be moved behind the sum over the keys");
      case Element.Constant _, Element.Read _, Element.Local _, Element.Position _ ->
          throw new IllegalStateException("a leaf depends on both a key and a sum: " + element);
    };
  }

  private static boolean sameRowFactor(Factors a, Factors b) {
    return Objects.equals(a.numerator, b.numerator) && Objects.equals(a.denominator, b.denominator);
  }

  private static Illegal refusal(Enum<?> kind) {
    return new Illegal(
        "the normalised weights pass through "
            + kind.name().toLowerCase(Locale.ROOT)
            + ", which cannot be moved behind the sum over the keys");
  }

  /** Demands degree 1 in {@code exp(-maximum)}. */
  static void demandDegreeOne(Element element, String what) throws Illegal {
    Integer degree = degree(element);
    if (!ANY.equals(degree) && !Integer.valueOf(1).equals(degree)) {
      throw new Illegal(
          what
              + " does not use the maximum as exp(x - maximum) exactly once, so it cannot be"
              + " rescaled when the maximum grows");
    }
  }

  /** The degree in {@code exp(-maximum)}; null if there is none. */
  private static Integer degree(Element element) {
    if (isZero(element)) {
      return ANY;
    }
    if (!hasMaximum(element)) {
      return 0;
    }
    return switch (element) {
      case Element.Unary(UnaryKind kind, Element operand) ->
          switch (kind) {
            case EXP, COARSE_EXP -> negate(slope(operand));
            case NEG, ABS -> degree(operand);
            case LOG, SQRT, RSQRT, TANH, SIN, COS, ERF, COARSE_ERF, FLOOR, ROUND, NOT -> null;
          };
      case Element.Binary(BinaryKind kind, Element left, Element right) ->
          switch (kind) {
            case MUL -> sum(degree(left), degree(right), 1);
            case DIV -> sum(degree(left), degree(right), -1);
            case ADD, SUB, MIN, MAX -> same(degree(left), degree(right));
            case POW, AND, OR -> null;
          };
      case Element.Select(Element condition, Element yes, Element no) ->
          hasMaximum(condition) ? null : same(degree(yes), degree(no));
      case Element.Cast(DType dtype, Element operand) ->
          dtype == DType.BFLOAT16 ? degree(operand) : null;
      case Element.Constant _,
          Element.Read _,
          Element.Local _,
          Element.Position _,
          Element.Compare _ ->
          null;
    };
  }

  /** How often the maximum is added in a sum of terms; null if it enters in another way. */
  private static Integer slope(Element element) {
    if (element instanceof Element.Constant constant
        && constant.value() == Double.NEGATIVE_INFINITY) {
      return ANY;
    }
    if (!hasMaximum(element)) {
      return 0;
    }
    return switch (element) {
      case Element.Local _ -> 1;
      case Element.Unary(UnaryKind kind, Element operand) ->
          kind == UnaryKind.NEG ? negate(slope(operand)) : null;
      case Element.Binary(BinaryKind kind, Element left, Element right) ->
          switch (kind) {
            case ADD -> sum(slope(left), slope(right), 1);
            case SUB -> sum(slope(left), slope(right), -1);
            case MIN, MAX -> same(slope(left), slope(right));
            case MUL, DIV, POW, AND, OR -> null;
          };
      case Element.Select(Element condition, Element yes, Element no) ->
          hasMaximum(condition) ? null : same(slope(yes), slope(no));
      case Element.Constant _,
          Element.Read _,
          Element.Position _,
          Element.Compare _,
          Element.Cast _ ->
          null;
    };
  }

  private static Integer negate(Integer slope) {
    return slope == null || slope.equals(ANY) ? slope : Integer.valueOf(-slope);
  }

  private static Integer sum(Integer left, Integer right, int sign) {
    if (left == null || right == null) {
      return null;
    }
    boolean any = left.equals(ANY) || (sign > 0 && right.equals(ANY));
    return any ? ANY : right.equals(ANY) ? null : Integer.valueOf(left + sign * right);
  }

  private static Integer same(Integer left, Integer right) {
    if (left == null || right == null) {
      return null;
    }
    if (left.equals(ANY) || left.equals(right)) {
      return right;
    }
    return right.equals(ANY) ? left : null;
  }

  private static boolean isZero(Element element) {
    return element instanceof Element.Constant constant && constant.value() == 0;
  }

  private static Element product(Element left, Element right) {
    if (left == null || right == null) {
      return left == null ? right : left;
    }
    return Inliner.times(left, right);
  }
}
