package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.op.Primitive.BinaryKind;
import dev.tilewright.op.Primitive.CompareKind;
import dev.tilewright.op.Primitive.UnaryKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which keys the queries of a block can see, where the declaration hides the others by their places
 * alone, as causal and windowed attention do:
 *
 * <pre>
 * kept(score) = first(query) &lt;= key &lt; end(query) ? .. : the lowest number
 * </pre>
 *
 * A hidden key weighs {@code exp(lowest - maximum)}, which is 0 beside any score that is a number,
 * so blocks of keys that no query of the block sees need not be read. It is not so for a query that
 * sees no key: then all of them count, as the formula says. Nor where scores may be lowest by
 * themselves, through a mask that is data; there nothing is left out.
 *
 * @param firsts the least key in sight is the greatest of these
 * @param ends the first key out of sight again is the least of these
 */
record VisibleKeys(Region.Streamed region, List<Affine> firsts, List<Affine> ends) {
  /** Bounds up to here are the same as integers and as floats. */
  private static final double MOST = 1 << 24;

  /** Nothing if every key may count. */
  static Optional<VisibleKeys> of(Region.Streamed region) {
    VisibleKeys keys = new VisibleKeys(region, new ArrayList<>(), new ArrayList<>());
    boolean known =
        region.maximum().isPresent()
            && keys.hidesByPlace(region.maximum().get().element())
            && keys.vanishes(region.weight())
            && region.sums().stream().allMatch(sum -> keys.vanishes(sum.element()));
    boolean some = !keys.firsts.isEmpty() || !keys.ends.isEmpty();
    return known && some ? Optional.of(keys) : Optional.empty();
  }

  /**
   * The range of keys of which queries of a block see some.
   *
   * @param from where a block of keys begins
   */
  record Range(Index from, Index to) {
    /** The part of it within other bounds. */
    Range within(Index least, Index most) {
      return new Range(from.max(least), to.min(most));
    }
  }

  /**
   * The keys that a block of queries has to see; all of them where nothing hides any.
   *
   * @param positions of the batch axes, and the first query's
   * @param queries how many there are
   * @param block keys in a block, from which keys are counted
   * @param into where variables are defined
   */
  static Range range(
      Region.Streamed region,
      KernelScope scope,
      Map<String, Index> positions,
      Index queries,
      int block,
      List<Statement> into) {
    return of(region)
        .map(keys -> keys.range(scope, positions, queries, block, into))
        .orElse(new Range(Index.ZERO, Index.of(region.keys().extent())));
  }

  private Range range(
      KernelScope scope,
      Map<String, Index> positions,
      Index queries,
      int block,
      List<Statement> into) {
    String axis = queries().name();
    Map<String, Index> last = new HashMap<>(positions);
    last.put(axis, positions.get(axis).plus(queries).minus(Index.ONE));
    AffineLowering atFirst = new AffineLowering(scope, positions, into);
    AffineLowering atLast = new AffineLowering(scope, last, into);
    Index all = Index.of(region.keys().extent());
    Index least = Index.ZERO;
    Index most = all;
    // Bounds are affine in the query, so that the first and the last stand for all between them.
    Index seenByFirst = all;
    Index seenByLast = all;
    for (Affine end : ends) {
      most = most.min(atFirst.lower(end).max(atLast.lower(end)));
      seenByFirst = seenByFirst.min(atFirst.lower(end));
      seenByLast = seenByLast.min(atLast.lower(end));
    }
    for (Affine first : firsts) {
      least = least.max(atFirst.lower(first).min(atLast.lower(first)));
    }
    Index fewest =
        seen(seenByFirst, firsts, atFirst, all).min(seen(seenByLast, firsts, atLast, all));
    Index sees = define(scope, "sees", fewest.max(Index.ZERO).min(Index.ONE), into);
    Index from = least.dividedBy(block).times(block).times(sees);
    Index to = all.minus(all.minus(most).times(sees));
    return new Range(define(scope, "from", from, into), define(scope, "to", to, into));
  }

  private static Index seen(Index end, List<Affine> firsts, AffineLowering at, Index all) {
    Index fewest = end;
    for (Affine first : firsts) {
      fewest = fewest.min(end.minus(at.lower(first))).min(all.minus(at.lower(first)));
    }
    return fewest;
  }

  private static Index define(KernelScope scope, String hint, Index value, List<Statement> into) {
    String name = scope.variable(hint);
    into.add(new Statement.Define(name, value));
    return Index.variable(name);
  }

  private Axis queries() {
    return region.axes().getLast();
  }

  /** Whether the score is replaced by the lowest number by its place, and never otherwise. */
  private boolean hidesByPlace(Element element) {
    if (element instanceof Element.Select(Element seen, Element yes, Element no)) {
      return isLowest(no) && bound(seen) && hidesByPlace(yes);
    }
    return isNumber(element);
  }

  /** Made of the score and the places by functions that give numbers for numbers. */
  private boolean isNumber(Element element) {
    return switch (element) {
      case Element.Local(String name, _) -> name.equals(region.score());
      case Element.Position _ -> true;
      case Element.Constant(double value, _) -> Math.abs(value) < Float.MAX_VALUE;
      case Element.Cast(_, Element operand) -> isNumber(operand);
      case Element.Unary(UnaryKind kind, Element operand) ->
          switch (kind) {
            case NEG, ABS, TANH, SIN, COS, ERF, COARSE_ERF, FLOOR, ROUND -> isNumber(operand);
            case EXP, COARSE_EXP, LOG, SQRT, RSQRT, NOT -> false;
          };
      case Element.Binary(BinaryKind kind, Element left, Element right) ->
          switch (kind) {
            case ADD, SUB, MUL, MAX, MIN -> isNumber(left) && isNumber(right);
            case DIV, POW, AND, OR -> false;
          };
      case Element.Read _, Element.Compare _, Element.Select _ -> false;
    };
  }

  private static boolean isLowest(Element element) {
    return element instanceof Element.Constant(double value, _) && value <= -Float.MAX_VALUE;
  }

  /** Whether it is 0 for a key out of sight: {@code exp(kept - maximum)}, scaled. */
  private boolean vanishes(Element element) {
    Element kept = KeptScore.of(region);
    return switch (element) {
      case Element.Unary(
              UnaryKind kind,
              Element.Binary(BinaryKind between, Element score, Element.Local(String name, _))) ->
          (kind == UnaryKind.EXP || kind == UnaryKind.COARSE_EXP)
              && between == BinaryKind.SUB
              && score.equals(kept)
              && name.equals(region.maximum().orElseThrow().name());
      case Element.Binary(BinaryKind kind, Element factor, Element.Constant _) ->
          (kind == BinaryKind.MUL || kind == BinaryKind.DIV) && vanishes(factor);
      case Element.Binary(BinaryKind kind, Element.Constant _, Element factor) ->
          kind == BinaryKind.MUL && vanishes(factor);
      case Element.Cast(_, Element operand) -> vanishes(operand);
      default -> false;
    };
  }

  /** Notes the bounds that a condition sets; whether it does nothing else. */
  private boolean bound(Element condition) {
    if (!(condition instanceof Element.Compare(CompareKind kind, Element left, Element right))) {
      return false;
    }
    return switch (kind) {
      case LE -> atMost(left, right, 0);
      case LT -> atMost(left, right, 1);
      case GE -> atMost(right, left, 0);
      case GT -> atMost(right, left, 1);
      case EQ, NE -> false;
    };
  }

  /** {@code lesser + apart <= greater}. */
  private boolean atMost(Element lesser, Element greater, long apart) {
    if (lesser instanceof Element.Cast(_, Element operand)) {
      return operand.dtype() == DType.INT32 && atMost(operand, greater, apart);
    }
    if (lesser instanceof Element.Unary(UnaryKind kind, Element operand)
        && kind == UnaryKind.ABS
        && greater instanceof Element.Constant) {
      Optional<Affine> value = affine(operand);
      return value.isPresent()
          && atMost(value, affine(greater), apart)
          && atMost(value.map(v -> v.times(Dim.of(-1))), affine(greater), apart);
    }
    return atMost(affine(lesser), affine(greater), apart);
  }

  private boolean atMost(Optional<Affine> lesser, Optional<Affine> greater, long apart) {
    if (lesser.isEmpty() || greater.isEmpty()) {
      return false;
    }
    // d = lesser + apart - greater <= 0, where d = sign*key + rest
    Affine d = lesser.get().plus(greater.get().times(Dim.of(-1))).plus(Dim.of(apart));
    Dim sign = d.coefficient(region.keys().name());
    if (!d.isAffine() || !d.coefficient(queries().name()).isKnown()) {
      return false;
    }
    Affine rest = d.plus(Affine.axis(region.keys()).times(sign.times(-1)));
    if (sign.is(1)) {
      ends.add(rest.times(Dim.of(-1)).plus(Dim.ONE));
    } else if (sign.is(-1)) {
      firsts.add(rest);
    }
    return sign.is(1) || sign.is(-1);
  }

  private static Optional<Affine> affine(Element element) {
    return switch (element) {
      case Element.Position(Affine value) -> Optional.of(value);
      case Element.Constant(double value, _)
          when Math.abs(value) < MOST && value == Math.rint(value) ->
          Optional.of(Affine.constant((long) value));
      case Element.Binary(BinaryKind kind, Element left, Element right)
          when element.dtype() == DType.INT32
              && (kind == BinaryKind.ADD || kind == BinaryKind.SUB) ->
          affine(left)
              .flatMap(
                  a ->
                      affine(right)
                          .map(b -> a.plus(kind == BinaryKind.ADD ? b : b.times(Dim.of(-1)))));
      default -> Optional.empty();
    };
  }
}
