package dev.tilewright.codegen.lower;

import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import dev.tilewright.codegen.tile.Tile.BinaryOp;
import java.util.List;

/**
 * How sums over a piece of the keys are added to those over the pieces before it.
 *
 * @param statements compute the factors
 * @param before what the sums so far are multiplied with
 * @param piece what the piece's sums are multiplied with
 */
record PieceMerge(List<Statement> statements, Tile before, Tile piece) {
  /**
   * {@code total*before + part*piece}. A total of nothing gives the part itself, but for the sign
   * of 0, so that the first piece is merged like all others.
   */
  Tile sum(Tile total, Tile part) {
    return new Tile.MultiplyAdd(part, piece, new Tile.Binary(BinaryOp.MUL, total, before));
  }
}
