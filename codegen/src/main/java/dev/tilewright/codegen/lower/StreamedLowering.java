package dev.tilewright.codegen.lower;

import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Kernel;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Attention and its like, transposed: rows are keys (then columns of the value), lanes are queries,
 * so that all that is kept for a query stays in its lane. Work is shared out by blocks of queries.
 */
final class StreamedLowering {
  /**
   * Vectors of queries in a block, the one that is taken unless another was measured to be faster
   * first: enough accumulators to keep the pipes busy, few lanes without a query.
   */
  private static final List<Integer> VECTORS = List.of(2, 1, 3);

  /** More keys than that are packed for each point of the batch, values too. */
  private static final int MOST_IN_PLACE = 1024;

  private final MachineModel machine;
  private final TileChoice choice;

  StreamedLowering(MachineModel machine, TileChoice choice) {
    this.machine = machine;
    this.choice = choice;
  }

  /**
   * @param scopes gives an empty scope for each size of blocks that is tried
   * @param parts the buffer for the results of pieces, where {@link KeyPieces} cuts the keys
   */
  Lowered lower(Region.Streamed declared, Supplier<KernelScope> scopes, Optional<String> parts) {
    Region.Streamed region = merge(declared);
    if (parts.isEmpty()) {
      return byTile(region, scopes, (scope, columns) -> blocks(region, scope, columns, false));
    }
    KeyLanesLoop few = new KeyLanesLoop(machine, region, parts.get());
    Lowered sums =
        byTile(
            region,
            scopes,
            (scope, columns) ->
                either(
                    region,
                    List.of(few.pieces(scope)),
                    () -> blocks(region, scope, columns, true)));
    KernelScope scope = scopes.get();
    Kernel merge =
        scope.finish(
            either(region, List.of(few.merge(scope)), List::of),
            "pieces of the keys merged for " + region.axes());
    return sums.then(new Lowered(merge.renamed(merge.name() + "_merge"), scope.parameterNames()));
  }

  private interface Body {
    List<Statement> of(KernelScope scope, int columns);
  }

  private Lowered byTile(Region.Streamed region, Supplier<KernelScope> scopes, Body body) {
    if (!canTile(region, region.axes().getLast())) {
      KernelScope scope = scopes.get();
      return finish(region, scope, body.of(scope, 1));
    }
    return choice.first(
        product(region),
        sizes(region),
        tile -> {
          KernelScope scope = scopes.get();
          return finish(region, scope, body.of(scope, tile.columns()));
        });
  }

  /** What is done for few queries, else for many. */
  private List<Statement> either(
      Region.Streamed region, List<Statement> few, Supplier<List<Statement>> many) {
    Dim queries = region.axes().getLast().extent();
    Index most = Index.of(KeyPieces.mostQueries(machine) + 1);
    return queries.isKnown()
        ? few
        : List.of(new Statement.If(Index.of(queries), most, few, many.get()));
  }

  /** The tiles of scores, by how many queries a block has. */
  private List<MicroTile> sizes(Region.Streamed region) {
    Dim queries = region.axes().getLast().extent();
    long most = queries.isKnown() ? Math.ceilDiv(queries.value(), machine.lanes()) : Long.MAX_VALUE;
    return VECTORS.stream()
        .map(vectors -> (int) Math.min(vectors, most) * machine.lanes())
        .distinct()
        .map(columns -> MicroTile.ofColumns(machine, region.keys().extent(), columns))
        .toList();
  }

  private static String product(Region.Streamed region) {
    return "%s x %s, weights x %s, queries %s, keys %s, depth %s, columns %s"
        .formatted(
            region.query().dtype(),
            region.key().dtype(),
            region.value().dtype(),
            region.axes().getLast().extent(),
            region.keys().extent(),
            region.depth().extent(),
            region.width().extent());
  }

  /** Few queries go by a narrow block, since a query's bits do not depend on the block it is in. */
  private List<Statement> blocks(
      Region.Streamed region, KernelScope scope, int columns, boolean inPieces) {
    Dim queries = region.axes().getLast().extent();
    if (columns == 1) {
      return List.of(loop(region, scope, 1, inPieces, false));
    }
    if (queries.isKnown() || columns == machine.lanes()) {
      return loops(region, scope, columns, inPieces);
    }
    return List.of(
        new Statement.If(
            Index.of(queries),
            Index.of(machine.lanes() + 1),
            List.of(loop(region, scope, machine.lanes(), inPieces, false)),
            loops(region, scope, columns, inPieces)));
  }

  private static Lowered finish(Region.Streamed region, KernelScope scope, List<Statement> body) {
    String comment =
        "streamed over "
            + region.keys()
            + " for "
            + region.axes()
            + ", lanes along "
            + region.axes().getLast().name();
    return new Lowered(scope.finish(body, comment), scope.parameterNames());
  }

  /** Keys and values in place where they are few. */
  private List<Statement> loops(
      Region.Streamed region, KernelScope scope, int columns, boolean inPieces) {
    Dim keys = region.keys().extent();
    if (keys.isKnown()) {
      return List.of(loop(region, scope, columns, inPieces, keys.value() > MOST_IN_PLACE));
    }
    return List.of(
        new Statement.If(
            Index.of(MOST_IN_PLACE),
            Index.of(keys),
            List.of(loop(region, scope, columns, inPieces, true)),
            List.of(loop(region, scope, columns, inPieces, false))));
  }

  private Statement loop(
      Region.Streamed region, KernelScope scope, int columns, boolean inPieces, boolean packed) {
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
          Index turn = item.remainder(blocks);
          if (operands.isPacked()) {
            Index sinceFirst = item.minus(scope.firstItem(items));
            body.add(
                new Statement.If(
                    turn.min(sinceFirst), Index.ONE, operands.packing(positions), List.of()));
          }
          Index block = inTurn(turn, blocks);
          String first = scope.variable("query");
          body.add(new Statement.Define(first, block.times(columns)));
          positions.put(queries.name(), Index.variable(first));
          body.addAll(
              new QueryBlock(machine, scope, region, operands, columns, inPieces, positions)
                  .statements());
          return body;
        });
  }

  /**
   * The first block, the last, the second, and so on: where later queries see more keys, as in
   * causal attention, each worker's range has as much work.
   */
  private static Index inTurn(Index turn, Index blocks) {
    Index half = turn.dividedBy(2);
    Index toTheOtherEnd = blocks.minus(half.times(2)).minus(Index.ONE);
    return half.plus(turn.remainder(Index.of(2)).times(toTheOtherEnd));
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
