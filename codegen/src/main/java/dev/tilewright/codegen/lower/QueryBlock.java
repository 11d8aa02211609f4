package dev.tilewright.codegen.lower;

import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * One block of queries of a streamed region. For each block of keys:
 *
 * <pre>
 * scores[key][query]  = maximum.element(sum over depth of query*key)      in scratch memory
 * m'                  = max(m, all of scores),  alpha = exp(m - m')
 * sums                = sums*alpha + sum over keys of element(scores, m')
 * scores[key][query]  = weight(scores, m')
 * out[width][query]   = out*alpha + sum over keys of value*scores
 * </pre>
 *
 * All sums run key after key in the order of the keys, and blocks of keys have a constant size. So
 * keys whose weight is 0 change no bit, nor do other queries, other batches or the number of
 * workers; of keys that {@link VisibleKeys} are not, some are left out.
 *
 * @param operands how the operands are read
 * @param columns queries in the block, a multiple of the lanes or 1
 * @param inPieces whether the sums over pieces of the keys are merged, as {@link KeyPieces} says
 * @param positions of the batch axes, and the block's first query
 */
record QueryBlock(
    MachineModel machine,
    KernelScope scope,
    Region.Streamed region,
    StreamedOperands operands,
    int columns,
    boolean inPieces,
    Map<String, Index> positions) {
  List<Statement> statements() {
    Axis queries = region.axes().getLast();
    List<Statement> body = new ArrayList<>();
    Index left = Index.of(queries.extent()).minus(positions.get(queries.name()));
    Index valid = define("valid", left.min(Index.of(columns)), body);
    MicroTile keyTile = tile(region.keys());
    MicroTile widthTile = tile(region.width());
    QueryState state =
        new QueryState(scope, region, columns, operands.paired(), positions, valid, widthTile);
    PanelPacking query =
        PanelPacking.of(
            scope,
            region.query(),
            new TileAxes(region.keys(), queries, keyTile, operands.score(), operands.words()),
            List.of(region.depth()));
    body.addAll(query.statements(machine, positions));
    BiFunction<Index, Index, List<Statement>> keys =
        (from, to) -> keys(state, query.operand(), keyTile, widthTile, from, to);
    VisibleKeys.Range seen =
        VisibleKeys.range(region, scope, positions, valid, QueryState.KEYS, body);
    if (!inPieces) {
      body.addAll(state.sums.start());
      body.addAll(keys.apply(seen.from(), seen.to()));
      body.addAll(finish(state, state.sums, widthTile));
      return body;
    }
    LaneSums total = new LaneSums(scope, region, columns, widthTile);
    body.addAll(total.start());
    String piece = scope.variable("piece");
    Index from = Index.variable(piece);
    List<Statement> turn = new ArrayList<>(state.sums.start());
    VisibleKeys.Range here = seen.within(from, from.plus(KeyPieces.KEYS));
    turn.addAll(keys.apply(here.from(), here.to()));
    turn.addAll(total.merge(state.sums));
    Index first = seen.from().dividedBy(KeyPieces.KEYS).times(KeyPieces.KEYS);
    body.add(new Statement.Loop(piece, first, seen.to(), KeyPieces.KEYS, 1, turn));
    body.addAll(finish(state, total, widthTile));
    return body;
  }

  /** Lets the keys {@code from .. to-1} go by; the first is the first of a block. */
  private List<Statement> keys(
      QueryState state,
      TileOperand query,
      MicroTile keyTile,
      MicroTile widthTile,
      Index from,
      Index to) {
    String first = scope.variable("block");
    List<Statement> turn = new ArrayList<>();
    Index rest = to.minus(Index.variable(first));
    Index count = define("keys", rest.min(Index.of(QueryState.KEYS)), turn);
    turn.addAll(
        new KeyBlock(
                machine,
                scope,
                region,
                operands,
                state,
                query,
                keyTile,
                widthTile,
                Index.variable(first),
                count)
            .statements());
    return List.of(new Statement.Loop(first, from, to, QueryState.KEYS, 1, turn));
  }

  private List<Statement> finish(QueryState state, LaneSums sums, MicroTile widthTile) {
    List<Statement> body = new ArrayList<>();
    Map<String, Tile> locals = sums.running.results(body);
    List<Element> elements = region.outputs().stream().map(Region.Output::element).toList();
    body.addAll(
        Pieces.allRows(
            scope,
            finishedRows(widthTile),
            Index.of(region.width().extent()),
            (at, rows) -> {
              Map<String, Tile> all = new HashMap<>(locals);
              all.put(region.result(), sums.running.doubted(sums.load(at, rows)));
              SweepBuilder sweep =
                  new SweepBuilder(scope, state.place(region.width(), at, rows, all), elements);
              region.outputs().forEach(sweep::store);
              return sweep.statements();
            }));
    return body;
  }

  /** A square of lanes, which a writer transposes in registers. */
  private int finishedRows(MicroTile widthTile) {
    int lanes = Math.min(machine.lanes(), columns);
    return widthTile.rows() == 1 ? 1 : Math.max(widthTile.rows(), lanes);
  }

  private MicroTile tile(Axis rows) {
    return StreamedLowering.canTile(region, rows)
        ? MicroTile.ofColumns(machine, rows.extent(), columns)
        : new MicroTile(1, columns);
  }

  private Index define(String hint, Index value, List<Statement> into) {
    String name = scope.variable(hint);
    into.add(new Statement.Define(name, value));
    return Index.variable(name);
  }
}
