package dev.tilewright.codegen.lower;

import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Elements;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Merges neighbouring axes that every offset treats as one: {@code b, s} of {@code x[(b*S + s)*D +
 * d]} become one axis of extent {@code B*S}, so that tiles need not end where a sequence does.
 *
 * @param axes the merged axes, outermost first; a merged axis keeps its innermost part's name
 * @param vanished names of axes that were merged away, and are 0 in offsets
 */
record AxisCollapse(List<Axis> axes, Set<String> vanished) {
  /**
   * Merges what can be merged of the axes under the offsets, without moving an axis. Axes of extent
   * 1 vanish.
   */
  static AxisCollapse of(List<Axis> axes, Collection<Affine> offsets) {
    List<Axis> merged = new ArrayList<>();
    Set<String> vanished = new HashSet<>();
    for (Axis axis : axes) {
      if (axis.extent().is(1)) {
        vanished.add(axis.name());
        continue;
      }
      Axis outer = merged.isEmpty() ? null : merged.getLast();
      if (outer != null && areOne(outer, axis, offsets)) {
        merged.removeLast();
        vanished.add(outer.name());
        merged.add(new Axis(axis.name(), outer.extent().times(axis.extent())));
      } else {
        merged.add(axis);
      }
    }
    return new AxisCollapse(List.copyOf(merged), vanished);
  }

  /** The offset under the merged axes. */
  Affine apply(Affine offset) {
    return vanished.isEmpty()
        ? offset
        : offset.substitute(
            name -> vanished.contains(name) ? Affine.ZERO : Affine.of(new Affine.Term.Of(name)));
  }

  /**
   * The outputs under the merged axes.
   *
   * @param map for elements, shared with the region's other elements so that what was one stays one
   */
  List<Region.Output> apply(List<Region.Output> outputs, Elements.OffsetMap map) {
    return outputs.stream()
        .map(
            output ->
                new Region.Output(
                    output.buffer(),
                    output.dtype(),
                    apply(output.offset()),
                    map.apply(output.element()),
                    output.overRow()))
        .toList();
  }

  private static boolean areOne(Axis outer, Axis inner, Collection<Affine> offsets) {
    for (Affine offset : offsets) {
      Dim step = offset.coefficient(inner.name()).times(inner.extent());
      if (!offset.isAffineIn(outer.name())
          || !offset.isAffineIn(inner.name())
          || !offset.coefficient(outer.name()).equals(step)) {
        return false;
      }
    }
    return true;
  }
}
