package dev.tilewright.codegen.lower;

import dev.tilewright.Dim;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Statement;
import java.util.ArrayList;
import java.util.List;

/** Tails: what is left of an extent where a tile would reach beyond it. */
final class Pieces {
  private Pieces() {}

  /** Statements for some rows of a tile, the first of them at an offset into it. */
  interface Rows {
    List<Statement> at(Index offset, int rows);
  }

  /** Statements for a tile of which so many columns are valid. */
  interface Columns {
    List<Statement> of(Index valid);
  }

  /**
   * The rows of one tile: all, or at the extent's end a half, a quarter and so on, as the number
   * left has binary digits.
   *
   * @param height rows of a whole tile, a power of two
   * @param start the tile's first row, a multiple of the height
   */
  static List<Statement> rows(int height, Dim extent, Index start, Rows body) {
    if (!extent.isKnown()) {
      Index left = Index.of(extent).minus(start);
      return List.of(
          new Statement.If(
              Index.of(height - 1),
              left,
              body.at(Index.ZERO, height),
              rowsLeft(height, left, body)));
    }
    long rest = extent.value() % height;
    if (rest == 0) {
      return body.at(Index.ZERO, height);
    }
    List<Statement> tail = rowsLeft(height, Index.of(rest), body);
    return extent.value() < height
        ? tail
        : List.of(
            new Statement.If(
                start, Index.of(extent.value() - rest), body.at(Index.ZERO, height), tail));
  }

  /** All rows, tile after tile. */
  static List<Statement> allRows(KernelScope scope, int height, Index extent, Rows body) {
    List<Statement> statements = new ArrayList<>();
    Index whole = extent.dividedBy(height).times(height);
    boolean none = whole.isConstant(0);
    if (!none) {
      String row = scope.variable("row");
      statements.add(
          new Statement.Loop(
              row, Index.ZERO, whole, height, 1, body.at(Index.variable(row), height)));
    }
    statements.addAll(
        rowsLeft(
            height,
            extent.remainder(Index.of(height)),
            (at, rows) -> body.at(whole.plus(at), rows)));
    return statements;
  }

  /** The columns of one tile: all, or at the extent's end those that are left. */
  static List<Statement> columns(int width, Dim extent, Index start, Columns body) {
    if (!extent.isKnown()) {
      Index left = Index.of(extent).minus(start);
      return List.of(
          new Statement.If(Index.of(width - 1), left, body.of(Index.of(width)), body.of(left)));
    }
    long rest = extent.value() % width;
    if (rest == 0) {
      return body.of(Index.of(width));
    }
    return extent.value() < width
        ? body.of(Index.of(rest))
        : List.of(
            new Statement.If(
                start,
                Index.of(extent.value() - rest),
                body.of(Index.of(width)),
                body.of(Index.of(rest))));
  }

  /**
   * Fewer rows than the height: one piece for each binary digit of their number, the greatest
   * first.
   */
  private static List<Statement> rowsLeft(int height, Index left, Rows body) {
    List<Statement> statements = new ArrayList<>();
    for (int rows = height / 2; rows >= 1; rows /= 2) {
      boolean greatest = rows == height / 2;
      Index below = greatest ? left : left.remainder(Index.of(2L * rows));
      Index offset = greatest ? Index.ZERO : left.minus(below);
      if (!(below instanceof Index.Constant known)) {
        statements.add(
            new Statement.If(Index.of(rows - 1), below, body.at(offset, rows), List.of()));
      } else if (known.value() >= rows) {
        statements.addAll(body.at(offset, rows));
      }
    }
    return statements;
  }
}
