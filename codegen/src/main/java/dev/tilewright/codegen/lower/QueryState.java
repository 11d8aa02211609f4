package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Register;
import dev.tilewright.codegen.tile.Tile;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What is kept for a block of queries, a lane each, while the keys go by. */
final class QueryState {
  /** Keys in a block: their scores for a block of queries fit half of a small first-level cache. */
  static final int KEYS = 128;

  private final KernelScope scope;
  private final Region.Streamed region;
  private final Map<String, Index> positions;
  private final Index valid;
  private final Tile.Shape row;

  /** {@code [KEYS, columns]}: what the maximum sees of the scores of a block, then the weights. */
  final Buffer scores;

  /** {@code [KEYS/2, columns]}: the weights of two keys in a word, where words are multiplied. */
  final Optional<Buffer> weightWords;

  /** {@code [KEYS, columns]}: the scores themselves, if weights or sums need them. */
  final Optional<Buffer> rawScores;

  final LaneSums sums;

  /**
   * @param columns queries in the block, a multiple of the lanes or 1
   * @param paired whether weights are multiplied in words of two keys
   * @param positions of the batch axes, and the block's first query
   * @param valid how many queries there are
   * @param widthTile output sums that are in registers at a time
   */
  QueryState(
      KernelScope scope,
      Region.Streamed region,
      int columns,
      boolean paired,
      Map<String, Index> positions,
      Index valid,
      MicroTile widthTile) {
    this.scope = scope;
    this.region = region;
    this.positions = positions;
    this.valid = valid;
    this.row = new Tile.Shape(1, columns);
    Dim block = Dim.of((long) KEYS * columns);
    this.scores = scope.scratch("scores", DType.FLOAT32, block);
    this.weightWords =
        paired
            ? Optional.of(scope.scratch("weights", DType.INT32, Dim.of((long) KEYS / 2 * columns)))
            : Optional.empty();
    this.rawScores =
        KeptScore.needsRaw(region)
            ? Optional.of(scope.scratch("raw", DType.FLOAT32, block))
            : Optional.empty();
    this.sums = new LaneSums(scope, region, columns, widthTile);
  }

  int columns() {
    return row.columns();
  }

  Index valid() {
    return valid;
  }

  Axis queries() {
    return region.axes().getLast();
  }

  /** Rows of a scratch buffer. */
  Tile load(Buffer buffer, Index at, int rows) {
    return new Tile.Load(
        buffer,
        at.times(columns()),
        rows == 1 ? Index.ZERO : Index.of(columns()),
        Index.ONE,
        shape(rows),
        Index.of(columns()),
        0);
  }

  Tile.Shape shape(int rows) {
    return new Tile.Shape(rows, columns());
  }

  /** A tile of rows along an axis; one row or column where elements cannot lie along its axis. */
  TilePlace place(Axis axis, Index at, int rows, Map<String, Tile> locals) {
    return new TilePlace(
        shape(rows),
        rows == 1 ? null : axis.name(),
        columns() == 1 ? null : queries().name(),
        at(axis, at),
        valid,
        locals);
  }

  /** The positions of all outer axes and one more. */
  Map<String, Index> at(Axis axis, Index position) {
    Map<String, Index> all = new HashMap<>(positions);
    all.put(axis.name(), position);
    return all;
  }

  Register register(String hint) {
    return scope.register(hint, row, Tile.Type.F32);
  }

  Tile fill(double value) {
    return new Tile.Fill(row, Tile.Type.F32, value);
  }
}
