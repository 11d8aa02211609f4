package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import java.util.ArrayList;
import java.util.List;

/** What the keys that went by gave to a block of queries, a lane each. */
final class LaneSums {
  private final KernelScope scope;
  private final Region.Streamed region;
  private final int columns;
  private final MicroTile widthTile;

  /** {@code [1, columns]} each. */
  final RunningMaximum running;

  /** {@code [width, columns]}: the weighted values summed so far. */
  private final Buffer out;

  /**
   * @param columns queries in the block
   * @param widthTile output sums that are in registers at a time
   */
  LaneSums(KernelScope scope, Region.Streamed region, int columns, MicroTile widthTile) {
    this.scope = scope;
    this.region = region;
    this.columns = columns;
    this.widthTile = widthTile;
    running = new RunningMaximum(scope, region, new Tile.Shape(1, columns));
    out = scope.scratch("out", DType.FLOAT32, region.width().extent().times(columns));
  }

  /** Nothing seen yet. */
  List<Statement> start() {
    List<Statement> body = new ArrayList<>(running.start());
    body.addAll(
        each(
            (at, rows) -> {
              Tile.Shape shape = new Tile.Shape(rows, columns);
              return List.of(store(at, new Tile.Fill(shape, Tile.Type.F32, 0)));
            }));
    return body;
  }

  /** Adds what a piece of the keys gave. */
  List<Statement> merge(LaneSums piece) {
    PieceMerge merge = running.merge(piece.running);
    List<Statement> body = new ArrayList<>(merge.statements());
    body.addAll(
        each((at, rows) -> List.of(store(at, merge.sum(load(at, rows), piece.load(at, rows))))));
    return body;
  }

  /** Rows of the output sums. */
  Tile load(Index at, int rows) {
    Index width = Index.of(columns);
    Tile.Shape shape = new Tile.Shape(rows, columns);
    Index apart = rows == 1 ? Index.ZERO : width;
    return new Tile.Load(out, at.times(columns), apart, Index.ONE, shape, width, 0);
  }

  Statement store(Index at, Tile value) {
    Index width = Index.of(columns);
    return new Statement.Store(out, at.times(columns), width, Index.ONE, value, width);
  }

  /** All rows of the output sums. */
  private List<Statement> each(Pieces.Rows body) {
    return Pieces.allRows(scope, widthTile.rows(), Index.of(region.width().extent()), body);
  }
}
