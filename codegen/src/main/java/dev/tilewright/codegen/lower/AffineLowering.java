package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Offsets at given positions of the axes, as index arithmetic; indexed accesses become statements
 * before their use.
 */
final class AffineLowering {
  private final KernelScope scope;
  private final Map<String, Index> positions;
  private final List<Statement> before;
  private final Map<Affine.Term.Lookup, Index> looked = new HashMap<>();

  /**
   * @param positions the value of every axis
   * @param before where statements go that must run first
   */
  AffineLowering(KernelScope scope, Map<String, Index> positions, List<Statement> before) {
    this.scope = scope;
    this.positions = positions;
    this.before = before;
  }

  Index lower(Affine affine) {
    Index sum = Index.of(affine.base());
    for (Map.Entry<Affine.Term, Dim> entry : affine.terms().entrySet()) {
      sum = sum.plus(lower(entry.getKey()).times(Index.of(entry.getValue())));
    }
    return sum;
  }

  private Index lower(Affine.Term term) {
    return switch (term) {
      case Affine.Term.Of of -> position(of.axis());
      case Affine.Term.Start start -> scope.sequences(start.axis()).start();
      case Affine.Term.Place place -> scope.sequences(place.axis()).place();
      case Affine.Term.Quotient q -> lower(q.dividend()).dividedBy(Index.of(q.divisor()));
      case Affine.Term.Remainder r -> lower(r.dividend()).remainder(Index.of(r.divisor()));
      case Affine.Term.Clamp c ->
          lower(c.value()).min(Index.of(c.bound()).plus(-1)).max(Index.ZERO);
      case Affine.Term.Lookup lookup -> looked.computeIfAbsent(lookup, this::lookup);
    };
  }

  private Index lookup(Affine.Term.Lookup lookup) {
    Index offset = lower(lookup.offset());
    String variable = scope.variable("id");
    before.add(
        new Statement.Lookup(
            variable,
            scope.buffer(lookup.buffer(), DType.INT32),
            offset,
            Index.of(lookup.bound()),
            Index.of(lookup.site())));
    return Index.variable(variable);
  }

  private Index position(String axis) {
    Index position = positions.get(axis);
    if (position == null && scope.isSequences(axis)) {
      return scope.sequences(axis).sequence();
    }
    if (position == null) {
      throw new IllegalStateException("axis " + axis + " has no position here");
    }
    return position;
  }
}
