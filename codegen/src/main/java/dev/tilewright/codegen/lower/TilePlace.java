package dev.tilewright.codegen.lower;

import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Tile;
import java.util.Map;

/**
 * Which elements of a region a register tile holds: {@code tile[r][c]} is the element at the given
 * positions, r further along the row axis and c further along the lane axis.
 *
 * @param shape rows and columns; with 1 row or 1 column the axis may be null
 * @param rowAxis the axis that rows go along, or null
 * @param laneAxis the axis that columns go along, or null
 * @param positions every axis at row 0 and column 0
 * @param columns how many columns are valid; the constant {@code shape.columns} if all are
 * @param locals what the region's reductions and contractions gave, in shapes that repeat to this
 *     one
 */
record TilePlace(
    Tile.Shape shape,
    String rowAxis,
    String laneAxis,
    Map<String, Index> positions,
    Index columns,
    Map<String, Tile> locals) {}
