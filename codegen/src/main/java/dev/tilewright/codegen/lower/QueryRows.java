package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Register;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A few queries, a row each: where they are, and what is kept of the keys that went by. */
final class QueryRows {
  private static final int MOST_VECTORS = 4;

  private final KernelScope scope;
  private final Region.Streamed region;
  private final Axis rows;
  private final int count;
  private final Map<String, Index> positions;
  private final MicroTile tile;
  private final Index stride;

  /** {@code [rows, 1]} each. */
  final RunningMaximum running;

  /** {@code [rows, width]}: the weighted values summed so far. */
  private final Buffer out;

  /**
   * @param rows what goes along the rows; its extent is 1 where nothing shares keys
   * @param count how many rows
   * @param positions of all axes; the first row's along the rows
   */
  QueryRows(
      MachineModel machine,
      KernelScope scope,
      Region.Streamed region,
      Axis rows,
      int count,
      Map<String, Index> positions) {
    this.scope = scope;
    this.region = region;
    this.rows = rows;
    this.count = count;
    this.positions = positions;
    long width = region.width().extent().value();
    long vectors = Math.ceilDiv(width, machine.lanes());
    tile =
        MicroTile.ofRows(
            machine, count, (int) Math.min(MOST_VECTORS, Long.highestOneBit(2 * vectors - 1)));
    long padded = Math.ceilDiv(width, tile.columns()) * tile.columns();
    stride = Index.of(padded);
    running = new RunningMaximum(scope, region, new Tile.Shape(count, 1));
    out = scope.scratch("out", DType.FLOAT32, Dim.of(padded * count));
  }

  Axis rows() {
    return rows;
  }

  int count() {
    return count;
  }

  /** Columns of the values that are summed at a time. */
  MicroTile tile() {
    return tile;
  }

  /** Nothing seen yet. */
  List<Statement> start() {
    List<Statement> body = new ArrayList<>(running.start());
    body.addAll(widths((at, _) -> List.of(store(at, fill(tile.columns(), 0)))));
    return body;
  }

  /** Columns of the output sums. */
  Tile load(Index at) {
    Index all = Index.of(tile.columns());
    Index apart = count == 1 ? Index.ZERO : stride;
    return new Tile.Load(out, at, apart, Index.ONE, shape(tile.columns()), all, 0);
  }

  Statement store(Index at, Tile value) {
    return new Statement.Store(out, at, stride, Index.ONE, value, Index.of(tile.columns()));
  }

  /** Statements for some columns, of which so many are valid. */
  interface Columns {
    List<Statement> at(Index at, Index valid);
  }

  /** All columns of the values. */
  List<Statement> widths(Columns body) {
    Axis width = region.width();
    String at = scope.variable("column");
    List<Statement> turn =
        Pieces.columns(
            tile.columns(),
            width.extent(),
            Index.variable(at),
            valid -> body.at(Index.variable(at), valid));
    return List.of(
        new Statement.Loop(at, Index.ZERO, Index.of(width.extent()), tile.columns(), 1, turn));
  }

  /** The outputs. */
  List<Statement> finish() {
    List<Statement> body = new ArrayList<>();
    Map<String, Tile> locals = running.results(body);
    List<Element> elements = region.outputs().stream().map(Region.Output::element).toList();
    body.addAll(
        widths(
            (at, valid) -> {
              Map<String, Tile> all = new HashMap<>(locals);
              all.put(region.result(), running.doubted(load(at)));
              SweepBuilder sweep =
                  new SweepBuilder(
                      scope,
                      place(tile, region.width(), at(region.width(), at), valid, all),
                      elements);
              region.outputs().forEach(sweep::store);
              return sweep.statements();
            }));
    return body;
  }

  /** A tile of the rows. */
  TilePlace place(
      MicroTile size, Axis lane, Map<String, Index> at, Index valid, Map<String, Tile> locals) {
    return new TilePlace(
        shape(size.columns()), count == 1 ? null : rows.name(), lane.name(), at, valid, locals);
  }

  /** The positions of all outer axes and one more. */
  Map<String, Index> at(Axis axis, Index position) {
    Map<String, Index> all = new HashMap<>(positions);
    all.put(axis.name(), position);
    return all;
  }

  Map<String, Index> positions() {
    return positions;
  }

  /** A value for each row. */
  Register register(String hint) {
    return scope.register(hint, shape(1), Tile.Type.F32);
  }

  Tile.Shape shape(int columns) {
    return new Tile.Shape(count, columns);
  }

  Tile fill(int columns, double value) {
    return new Tile.Fill(shape(columns), Tile.Type.F32, value);
  }
}
