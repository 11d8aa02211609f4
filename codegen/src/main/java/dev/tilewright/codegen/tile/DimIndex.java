package dev.tilewright.codegen.tile;

import dev.tilewright.Dim;

/** A symbolic extent as index arithmetic. */
final class DimIndex {
  private DimIndex() {}

  static Index convert(Dim dim) {
    return dim.fold(Index::of, Index::variable, Index::plus, Index::times, Index::dividedBy);
  }
}
