package dev.tilewright.codegen.lower;

import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Register;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import dev.tilewright.codegen.tile.Tile.BinaryOp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
 * keys after the last whose weight is 0 change no bit, nor do other queries, other batches or the
 * number of workers.
 *
 * @param operands how the operands are read
 * @param columns queries in the block, a multiple of the lanes or 1
 * @param positions of the batch axes, and the block's first query
 */
record QueryBlock(
    MachineModel machine,
    KernelScope scope,
    Region.Streamed region,
    StreamedOperands operands,
    int columns,
    Map<String, Index> positions) {
  List<Statement> statements() {
    Axis queries = region.axes().getLast();
    List<Statement> body = new ArrayList<>();
    Index left = Index.of(queries.extent()).minus(positions.get(queries.name()));
    Index valid = define("valid", left.min(Index.of(columns)), body);
    QueryState state = new QueryState(scope, region, columns, operands.paired(), positions, valid);
    MicroTile keyTile = tile(region.keys());
    MicroTile widthTile = tile(region.width());
    PanelPacking query =
        PanelPacking.of(
            scope,
            region.query(),
            new TileAxes(region.keys(), queries, keyTile, operands.score(), operands.words()),
            List.of(region.depth()));
    body.addAll(query.statements(machine, positions));
    body.addAll(state.start(widthTile));
    Index keys = Index.of(region.keys().extent());
    String first = scope.variable("block");
    List<Statement> turn = new ArrayList<>();
    Index rest = keys.minus(Index.variable(first));
    Index count = define("keys", rest.min(Index.of(QueryState.KEYS)), turn);
    turn.addAll(
        new KeyBlock(
                machine,
                scope,
                region,
                operands,
                state,
                query.operand(),
                keyTile,
                widthTile,
                Index.variable(first),
                count)
            .statements());
    body.add(new Statement.Loop(first, Index.ZERO, keys, QueryState.KEYS, 1, turn));
    body.addAll(finish(state, widthTile));
    return body;
  }

  /**
   * The outputs. Where no score was above minus infinity the formula gives NaN, and so does {@code
   * maximum - maximum}.
   */
  private List<Statement> finish(QueryState state, MicroTile widthTile) {
    List<Statement> body = new ArrayList<>();
    Map<String, Tile> locals = new HashMap<>();
    Register doubt = state.register("doubt");
    if (region.maximum().isPresent()) {
      Tile greatest = new Tile.Read(state.maximum);
      body.add(new Statement.Set(doubt, new Tile.Binary(BinaryOp.SUB, greatest, greatest)));
      locals.put(region.maximum().get().name(), greatest);
    }
    state.sums.forEach(
        (sum, total) -> locals.put(sum.name(), doubted(new Tile.Read(total), doubt)));
    List<Element> elements = region.outputs().stream().map(Region.Output::element).toList();
    body.addAll(
        Pieces.allRows(
            scope,
            finishedRows(widthTile),
            Index.of(region.width().extent()),
            (at, rows) -> {
              Map<String, Tile> all = new HashMap<>(locals);
              all.put(region.result(), doubted(state.loadOut(at, rows), doubt));
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

  private Tile doubted(Tile value, Register doubt) {
    return region.maximum().isEmpty()
        ? value
        : new Tile.Binary(BinaryOp.ADD, value, new Tile.Read(doubt));
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
