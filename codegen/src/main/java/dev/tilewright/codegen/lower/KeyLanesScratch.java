package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A block of keys of {@link KeyLanes} in scratch memory, {@code [rows, KEYS]} each. */
final class KeyLanesScratch {
  /** The same as with queries along the lanes, so that the bits are the same. */
  static final int KEYS = QueryState.KEYS;

  private final int rows;

  /** What the maximum sees of the scores. */
  final Buffer scores;

  /** The scores themselves, if weights or sums need them. */
  final Optional<Buffer> rawScores;

  final Buffer weights;

  /** The weights as the product with the values reads them: elements, or words of two keys. */
  final Buffer factors;

  /** What the keys add to the sums. */
  final Map<Region.Reduction, Buffer> terms = new LinkedHashMap<>();

  /**
   * @param paired whether weights are multiplied in words of two keys
   */
  KeyLanesScratch(KernelScope scope, Region.Streamed region, int rows, boolean paired) {
    this.rows = rows;
    Dim block = Dim.of((long) KEYS * rows);
    scores = scope.scratch("scores", DType.FLOAT32, block);
    rawScores =
        KeptScore.needsRaw(region)
            ? Optional.of(scope.scratch("raw", DType.FLOAT32, block))
            : Optional.empty();
    weights = scope.scratch("weights", paired ? DType.BFLOAT16 : DType.FLOAT32, block);
    factors = paired ? scope.view("factors", DType.INT32, weights) : weights;
    for (Region.Reduction sum : region.sums()) {
      terms.put(sum, scope.scratch("terms", DType.FLOAT32, block));
    }
  }

  Tile load(Buffer buffer, Index at, int columns) {
    return new Tile.Load(
        buffer,
        at,
        rows == 1 ? Index.ZERO : Index.of(KEYS),
        columns == 1 ? Index.ZERO : Index.ONE,
        new Tile.Shape(rows, columns),
        Index.of(columns),
        0);
  }

  Statement store(Buffer buffer, Index at, Tile value) {
    Index columns = Index.of(value.shape().columns());
    return new Statement.Store(buffer, at, Index.of(KEYS), Index.ONE, value, columns);
  }
}
