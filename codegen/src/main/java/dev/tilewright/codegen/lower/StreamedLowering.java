package dev.tilewright.codegen.lower;

import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Attention and its like, transposed: rows are keys (then columns of the value), lanes are queries,
 * so that all that is kept for a query stays in its lane. Work is shared out by blocks of queries.
 */
final class StreamedLowering {
  /**
   * Vectors of queries in a block: enough accumulators to keep the pipes busy, few lanes without a
   * query.
   */
  private static final int MOST_VECTORS = 2;

  /** More keys than that are packed for each point of the batch, values too. */
  private static final int MOST_IN_PLACE = 1024;

  private final MachineModel machine;

  StreamedLowering(MachineModel machine) {
    this.machine = machine;
  }

  Lowered lower(Region.Streamed declared, KernelScope scope) {
    Region.Streamed region = merge(declared);
    Axis queries = region.axes().getLast();
    List<Statement> body = new ArrayList<>();
    if (!canTile(region, queries)) {
      body.add(loop(region, scope, 1, false));
    } else if (queries.extent().isKnown()) {
      long vectors = Math.ceilDiv(queries.extent().value(), machine.lanes());
      body.addAll(loops(region, scope, (int) Math.min(vectors, MOST_VECTORS) * machine.lanes()));
    } else {
      // A query's bits do not depend on the block that it is in, so few queries may go by a
      // narrower one.
      body.add(
          new Statement.If(
              Index.of(queries.extent()),
              Index.of(machine.lanes() + 1),
              List.of(loop(region, scope, machine.lanes(), false)),
              loops(region, scope, MOST_VECTORS * machine.lanes())));
    }
    String comment =
        "streamed over "
            + region.keys()
            + " for "
            + region.axes()
            + ", lanes along "
            + queries.name();
    return new Lowered(scope.finish(body, comment), scope.parameterNames());
  }

  /** Keys and values in place where they are few. */
  private List<Statement> loops(Region.Streamed region, KernelScope scope, int columns) {
    Dim keys = region.keys().extent();
    if (keys.isKnown()) {
      return List.of(loop(region, scope, columns, keys.value() > MOST_IN_PLACE));
    }
    return List.of(
        new Statement.If(
            Index.of(MOST_IN_PLACE),
            Index.of(keys),
            List.of(loop(region, scope, columns, true)),
            List.of(loop(region, scope, columns, false))));
  }

  private Statement loop(Region.Streamed region, KernelScope scope, int columns, boolean packed) {
    StreamedOperands operands = StreamedOperands.of(region, scope, machine, packed);
    Axis queries = region.axes().getLast();
    List<Axis> outer = region.axes().subList(0, region.axes().size() - 1);
    Index blocks = Index.of(queries.extent()).ceilDividedBy(columns);
    Index items = WorkShare.points(outer).times(blocks);
    return WorkShare.loop(
        scope,
        items,
        item -> {
          List<Statement> body = new ArrayList<>();
          Map<String, Index> positions =
              WorkShare.positions(scope, outer, item.dividedBy(blocks), body);
          Index block = item.remainder(blocks);
          if (operands.isPacked()) {
            Index sinceFirst = item.minus(scope.firstItem(items));
            body.add(
                new Statement.If(
                    block.min(sinceFirst), Index.ONE, operands.packing(positions), List.of()));
          }
          String first = scope.variable("query");
          body.add(new Statement.Define(first, block.times(columns)));
          positions.put(queries.name(), Index.variable(first));
          body.addAll(
              new QueryBlock(machine, scope, region, operands, columns, positions).statements());
          return body;
        });
  }

  /** Whether all elements can lie across a tile along the axis. */
  static boolean canTile(Region.Streamed region, Axis axis) {
    List<Affine> stores = region.outputs().stream().map(Region.Output::offset).toList();
    return List.of(region.query(), region.key(), region.value()).stream()
            .allMatch(read -> read.offset().isAffineIn(axis.name()))
        && LaneAxis.possible(axis.name(), elements(region), stores);
  }

  private static List<Element> elements(Region.Streamed region) {
    List<Element> elements = new ArrayList<>();
    region.maximum().ifPresent(maximum -> elements.add(maximum.element()));
    region.sums().forEach(sum -> elements.add(sum.element()));
    elements.add(region.weight());
    region.outputs().forEach(output -> elements.add(output.element()));
    return elements;
  }

  /** The same region with as few batch axes as possible. */
  private static Region.Streamed merge(Region.Streamed region) {
    List<Affine> offsets = new ArrayList<>(Elements.offsets(elements(region)));
    region.outputs().forEach(output -> offsets.add(output.offset()));
    List.of(region.query(), region.key(), region.value())
        .forEach(read -> offsets.add(read.offset()));
    Axis queries = region.axes().getLast();
    AxisCollapse collapse =
        AxisCollapse.of(region.axes().subList(0, region.axes().size() - 1), offsets);
    List<Axis> axes = new ArrayList<>(collapse.axes());
    axes.add(queries);
    Elements.OffsetMap map = new Elements.OffsetMap(collapse::apply);
    return new Region.Streamed(
        region.name(),
        axes,
        region.keys(),
        region.depth(),
        (Element.Read) map.apply(region.query()),
        (Element.Read) map.apply(region.key()),
        region.score(),
        region.maximum().map(maximum -> merge(maximum, map)),
        region.sums().stream().map(sum -> merge(sum, map)).toList(),
        map.apply(region.weight()),
        region.width(),
        (Element.Read) map.apply(region.value()),
        region.result(),
        collapse.apply(region.outputs(), map),
        region.origin());
  }

  private static Region.Reduction merge(Region.Reduction reduction, Elements.OffsetMap map) {
    return new Region.Reduction(reduction.name(), reduction.kind(), map.apply(reduction.element()));
  }
}
