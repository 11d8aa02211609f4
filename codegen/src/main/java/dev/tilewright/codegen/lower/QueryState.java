package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Register;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
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

  /** {@code [width, columns]}: the weighted values summed so far. */
  private final Buffer out;

  /** The greatest score so far. */
  final Register maximum;

  /** What to multiply with when the maximum has grown. */
  final Register rescale;

  final Map<Region.Reduction, Register> sums = new LinkedHashMap<>();

  /**
   * @param columns queries in the block, a multiple of the lanes or 1
   * @param paired whether weights are multiplied in words of two keys
   * @param positions of the batch axes, and the block's first query
   * @param valid how many queries there are
   */
  QueryState(
      KernelScope scope,
      Region.Streamed region,
      int columns,
      boolean paired,
      Map<String, Index> positions,
      Index valid) {
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
        usesRawScore() ? Optional.of(scope.scratch("raw", DType.FLOAT32, block)) : Optional.empty();
    this.out = scope.scratch("out", DType.FLOAT32, region.width().extent().times(columns));
    this.maximum = register("maximum");
    this.rescale = register("rescale");
    region.sums().forEach(sum -> sums.put(sum, register(sum.name())));
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

  /** Nothing seen yet. */
  List<Statement> start(MicroTile widthTile) {
    List<Statement> body = new ArrayList<>();
    body.add(new Statement.Set(maximum, fill(Double.NEGATIVE_INFINITY)));
    sums.values().forEach(sum -> body.add(new Statement.Set(sum, fill(0))));
    body.addAll(
        Pieces.allRows(
            scope,
            widthTile.rows(),
            Index.of(region.width().extent()),
            (at, rows) -> List.of(storeOut(at, new Tile.Fill(shape(rows), Tile.Type.F32, 0)))));
    return body;
  }

  /** What scratch memory holds of a score. */
  Element kept() {
    return region
        .maximum()
        .map(Region.Reduction::element)
        .orElse(new Element.Local(region.score(), DType.FLOAT32));
  }

  /** Rows of the output sums. */
  Tile loadOut(Index at, int rows) {
    return load(out, at, rows);
  }

  Statement storeOut(Index at, Tile value) {
    return new Statement.Store(
        out, at.times(columns()), Index.of(columns()), Index.ONE, value, Index.of(columns()));
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

  /** Whether weights or sums use the score in another way than the maximum does. */
  @SuppressWarnings("ReferenceEquality") // sharing is by identity
  private boolean usesRawScore() {
    if (kept() instanceof Element.Local) {
      return false;
    }
    List<Element> stack = new ArrayList<>(List.of(region.weight()));
    region.sums().forEach(sum -> stack.add(sum.element()));
    while (!stack.isEmpty()) {
      Element element = stack.removeLast();
      if (element instanceof Element.Local local && local.name().equals(region.score())) {
        return true;
      }
      if (element != kept()) {
        stack.addAll(Elements.operands(element));
      }
    }
    return false;
  }
}
