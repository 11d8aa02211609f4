package dev.tilewright.codegen.lower;

import dev.tilewright.Dim;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Tile;
import java.util.List;
import java.util.Map;

/**
 * How one operand of a product is read at a step of the sum: as a column that repeats along lanes,
 * as a row of vectors, or as both.
 *
 * @param offset of the tile's first element; it does not hold the lane axis
 * @param rowStride 0 where all rows are the same
 * @param columnStride 0 where all columns are the same
 * @param padded whether columns beyond the extent can be read
 */
record TileOperand(Buffer buffer, Affine offset, Dim rowStride, Dim columnStride, boolean padded) {
  /** In place. */
  static TileOperand inPlace(Buffer buffer, Element.Read read, Axis row, Axis lane) {
    return inPlace(buffer, read.offset(), row, lane);
  }

  /** In place, at an offset in elements of the buffer. */
  static TileOperand inPlace(Buffer buffer, Affine offset, Axis row, Axis lane) {
    return new TileOperand(
        buffer, offset, offset.coefficient(row.name()), offset.coefficient(lane.name()), false);
  }

  /** A panel: the same for all rows, columns side by side and padded. */
  static TileOperand panel(Buffer buffer, Affine offset) {
    return new TileOperand(buffer, offset, Dim.ZERO, Dim.ONE, true);
  }

  /** The shape of what is read for a tile. */
  Tile.Shape shape(int rows, int columns) {
    return new Tile.Shape(
        rowStride.equals(Dim.ZERO) ? 1 : rows, columnStride.equals(Dim.ZERO) ? 1 : columns);
  }

  /** The offset at the first step of the sum. */
  Index start(AffineLowering offsets, List<ProductSum.Span> over) {
    return offsets.lower(
        offset.substitute(
            name ->
                over.stream().anyMatch(span -> span.axis().equals(name))
                    ? Affine.ZERO
                    : Affine.of(new Affine.Term.Of(name))));
  }

  /**
   * The tile at a step of the sum.
   *
   * @param start what {@link #start} gave
   * @param steps the positions of the summed axes
   * @param valid how many columns there are
   */
  Tile load(Index start, Map<String, Index> steps, int rows, int columns, Index valid) {
    Index at = at(start, steps);
    Tile.Shape shape = shape(rows, columns);
    Index read = shape.columns() == 1 ? Index.ONE : padded ? Index.of(shape.columns()) : valid;
    return new Tile.Load(buffer, at, Index.of(rowStride), Index.of(columnStride), shape, read, 0);
  }

  /**
   * A column's elements at several steps, side by side; the innermost summed axis' elements must
   * be.
   *
   * @param first the positions of the first step
   * @param count how many steps
   */
  Tile loadSteps(Index start, Map<String, Index> first, int rows, int count) {
    Tile.Shape shape = new Tile.Shape(shape(rows, 1).rows(), count);
    return new Tile.Load(
        buffer, at(start, first), Index.of(rowStride), Index.ONE, shape, Index.of(count), 0);
  }

  private Index at(Index start, Map<String, Index> steps) {
    Index at = start;
    for (Map.Entry<String, Index> step : steps.entrySet()) {
      at = at.plus(step.getValue().times(Index.of(offset.coefficient(step.getKey()))));
    }
    return at;
  }
}
