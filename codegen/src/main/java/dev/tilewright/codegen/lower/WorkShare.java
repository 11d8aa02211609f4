package dev.tilewright.codegen.lower;

import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Cuts independent items into one contiguous range a worker: worker w of W runs {@code [n*w/W,
 * n*(w+1)/W)}.
 */
final class WorkShare {
  private WorkShare() {}

  /** A loop over the worker's items. */
  static Statement loop(KernelScope scope, Index items, Function<Index, List<Statement>> body) {
    String item = scope.variable("item");
    return new Statement.Loop(
        item,
        scope.firstItem(items),
        scope.endOfItems(items),
        1,
        1,
        body.apply(Index.variable(item)));
  }

  /** How many points the axes have. */
  static Index points(List<Axis> axes) {
    Index product = Index.ONE;
    for (Axis axis : axes) {
      product = product.times(Index.of(axis.extent()));
    }
    return product;
  }

  /**
   * The positions of the axes at a point, counted row-major.
   *
   * @param into where the variables are defined
   */
  static Map<String, Index> positions(
      KernelScope scope, List<Axis> axes, Index point, List<Statement> into) {
    Map<String, Index> positions = new HashMap<>();
    Index rest = point;
    for (Axis axis : new ArrayList<>(axes).reversed()) {
      boolean outermost = axis.equals(axes.getFirst());
      String name = scope.variable(axis.name());
      Index extent = Index.of(axis.extent());
      into.add(new Statement.Define(name, outermost ? rest : rest.remainder(extent)));
      positions.put(axis.name(), Index.variable(name));
      if (!outermost) {
        String above = scope.variable("above");
        into.add(new Statement.Define(above, rest.dividedBy(extent)));
        rest = Index.variable(above);
      }
    }
    return positions;
  }
}
