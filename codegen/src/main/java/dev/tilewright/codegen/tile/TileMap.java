package dev.tilewright.codegen.tile;

import java.util.IdentityHashMap;
import java.util.function.UnaryOperator;

/** Rebuilds tiles bottom-up, keeping what is shared shared. */
final class TileMap {
  private final UnaryOperator<Index> index;
  private final UnaryOperator<Tile> change;
  private final IdentityHashMap<Tile, Tile> done = new IdentityHashMap<>();

  /**
   * @param index applied to every index of a tile
   * @param change applied to every tile whose operands are done
   */
  TileMap(UnaryOperator<Index> index, UnaryOperator<Tile> change) {
    this.index = index;
    this.change = change;
  }

  Tile apply(Tile tile) {
    Tile known = done.get(tile);
    if (known == null) {
      known = change.apply(rebuild(tile));
      done.put(tile, known);
    }
    return known;
  }

  private Tile rebuild(Tile tile) {
    return switch (tile) {
      case Tile.Fill _, Tile.Read _ -> tile;
      case Tile.Load load ->
          new Tile.Load(
              load.buffer(),
              index.apply(load.offset()),
              index.apply(load.rowStride()),
              index.apply(load.columnStride()),
              load.shape(),
              index.apply(load.columns()),
              load.other());
      case Tile.Gather gather ->
          new Tile.Gather(gather.buffer(), index.apply(gather.offset()), apply(gather.offsets()));
      case Tile.Ramp ramp ->
          new Tile.Ramp(ramp.shape(), index.apply(ramp.start()), ramp.rowStep(), ramp.columnStep());
      case Tile.Unary unary -> new Tile.Unary(unary.op(), apply(unary.operand()));
      case Tile.Binary binary ->
          new Tile.Binary(binary.op(), apply(binary.left()), apply(binary.right()));
      case Tile.MultiplyAdd sum ->
          new Tile.MultiplyAdd(apply(sum.left()), apply(sum.right()), apply(sum.addend()));
      case Tile.Dot dot ->
          new Tile.Dot(dot.kind(), apply(dot.left()), apply(dot.right()), apply(dot.addend()));
      case Tile.Pack pack ->
          new Tile.Pack(pack.element(), pack.parts().stream().map(this::apply).toList());
      case Tile.Table table -> new Tile.Table(table.values(), apply(table.index()));
      case Tile.Select select ->
          new Tile.Select(apply(select.condition()), apply(select.yes()), apply(select.no()));
      case Tile.FoldColumns fold -> new Tile.FoldColumns(fold.fold(), apply(fold.operand()));
      case Tile.FoldRows fold -> new Tile.FoldRows(fold.fold(), apply(fold.operand()));
      case Tile.Column column -> new Tile.Column(apply(column.operand()), column.column());
    };
  }
}
