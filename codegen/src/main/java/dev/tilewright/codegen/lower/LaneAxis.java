package dev.tilewright.codegen.lower;

import dev.tilewright.Dim;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Chooses the axis that lies across the lanes of vector registers. */
final class LaneAxis {
  private LaneAxis() {}

  /**
   * The axis along which most elements lie side by side; none if every axis hides in a quotient, a
   * remainder or an indexed access somewhere.
   *
   * @param candidates the innermost wins between equals
   * @param stores offsets of what is written; side by side, they count twice
   */
  static Optional<Axis> choose(
      List<Axis> candidates, Collection<Element> elements, Collection<Affine> stores) {
    Axis best = null;
    int bestScore = Integer.MIN_VALUE;
    for (Axis axis : candidates) {
      if (axis.extent().is(1) || !possible(axis.name(), elements, stores)) {
        continue;
      }
      int score = 0;
      for (Affine store : stores) {
        score += 2 * score(store.coefficient(axis.name()));
      }
      for (Affine offset : Elements.offsets(elements)) {
        score += score(offset.coefficient(axis.name()));
      }
      if (score >= bestScore) {
        best = axis;
        bestScore = score;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Side by side is good, one for all lanes is free, apart is a load or store a lane. */
  private static int score(Dim stride) {
    return stride.is(1) ? 2 : stride.equals(Dim.ZERO) ? 0 : -4;
  }

  /** Whether elements and stores can lie across a tile along the axis. */
  static boolean possible(String axis, Collection<Element> elements, Collection<Affine> stores) {
    boolean[] possible = {stores.stream().allMatch(store -> store.isAffineIn(axis))};
    Elements.visit(
        elements,
        element ->
            possible[0] &=
                switch (element) {
                  case Element.Read read -> read.offset().isAffineIn(axis);
                  case Element.Position position ->
                      position.value().isAffineIn(axis)
                          && position.value().coefficient(axis).isKnown();
                  case Element.Constant _, Element.Local _, Element.Unary _, Element.Cast _ -> true;
                  case Element.Binary _, Element.Compare _, Element.Select _ -> true;
                });
    return possible[0];
  }
}
