package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a piece of the keys gave for some rows of queries, in the buffer of {@link KeyPieces}:
 * {@code out[rows][width], maximum[rows], sums[..][rows]}.
 *
 * @param start of the result, in elements
 */
record PieceResult(Region.Streamed region, QueryRows rows, Buffer parts, Index start) {
  static PieceResult of(
      KernelScope scope,
      Region.Streamed region,
      QueryRows rows,
      String parts,
      Index first,
      Index number) {
    Index size = Index.of(KeyPieces.floats(region).times(rows.count()));
    Index start = first.plus(number.times(size));
    return new PieceResult(region, rows, scope.buffer(parts, DType.FLOAT32), start);
  }

  /** Keeps what the rows hold. */
  List<Statement> save() {
    List<Statement> body = new ArrayList<>();
    body.addAll(
        rows.widths(
            (at, valid) ->
                List.of(
                    new Statement.Store(
                        parts, start.plus(at), width(), Index.ONE, rows.load(at), valid))));
    body.add(store(0, new Tile.Read(rows.running.maximum)));
    int number = 1;
    for (var total : rows.running.sums.values()) {
      body.add(store(number++, new Tile.Read(total)));
    }
    return body;
  }

  /** Adds the result to what the rows hold. */
  List<Statement> merge() {
    Map<Region.Reduction, Tile> sums = new LinkedHashMap<>();
    for (Region.Reduction sum : region.sums()) {
      sums.put(sum, load(1 + sums.size()));
    }
    PieceMerge merge = rows.running.merge(load(0), sums);
    List<Statement> body = new ArrayList<>(merge.statements());
    int columns = rows.tile().columns();
    body.addAll(
        rows.widths(
            (at, valid) -> {
              Tile.Shape shape = rows.shape(columns);
              Index apart = rows.count() == 1 ? Index.ZERO : width();
              Tile part = new Tile.Load(parts, start.plus(at), apart, Index.ONE, shape, valid, 0);
              return List.of(rows.store(at, merge.sum(rows.load(at), part)));
            }));
    return body;
  }

  private Index width() {
    return Index.of(region.width().extent());
  }

  /** A value for each row, behind the output sums. */
  private Index place(int number) {
    return start.plus(width().plus(number).times(rows.count()));
  }

  private Statement store(int number, Tile value) {
    return new Statement.Store(parts, place(number), Index.ONE, Index.ZERO, value, Index.ONE);
  }

  private Tile load(int number) {
    Index apart = rows.count() == 1 ? Index.ZERO : Index.ONE;
    return new Tile.Load(parts, place(number), apart, Index.ZERO, rows.shape(1), Index.ONE, 0);
  }
}
