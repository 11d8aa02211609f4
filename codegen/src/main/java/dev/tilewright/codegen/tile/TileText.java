package dev.tilewright.codegen.tile;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/** The text of one statement's value; what it shares by identity has a label. */
final class TileText {
  private final IdentityHashMap<Tile, Integer> uses = new IdentityHashMap<>();
  private final IdentityHashMap<Tile, Integer> labels = new IdentityHashMap<>();
  private final Tile value;

  TileText(Tile value) {
    this.value = value;
    count(value);
  }

  String text() {
    return text(value);
  }

  private void count(Tile tile) {
    if (uses.merge(tile, 1, Integer::sum) == 1) {
      tile.operands().forEach(this::count);
    }
  }

  private String text(Tile tile) {
    boolean labelled =
        uses.get(tile) > 1
            && !(tile instanceof Tile.Fill
                || tile instanceof Tile.Read
                || tile instanceof Tile.Ramp);
    if (!labelled) {
      return plain(tile);
    }
    if (labels.containsKey(tile)) {
      return "#" + labels.get(tile);
    }
    labels.put(tile, labels.size() + 1);
    return "#" + labels.get(tile) + "=" + plain(tile);
  }

  private String plain(Tile tile) {
    return switch (tile) {
      case Tile.Fill fill ->
          "fill " + TilePrinter.name(fill.type()) + " " + fill.shape() + " " + fill.value();
      case Tile.Read read -> read.register().name();
      case Tile.Load load -> load(load);
      case Tile.Gather gather ->
          "gather "
              + gather.buffer()
              + "["
              + IndexText.of(gather.offset())
              + "]("
              + text(gather.offsets())
              + ")";
      case Tile.Ramp ramp ->
          "ramp "
              + ramp.shape()
              + " ("
              + IndexText.of(ramp.start())
              + ", "
              + ramp.rowStep()
              + ", "
              + ramp.columnStep()
              + ")";
      case Tile.Unary unary -> call(TilePrinter.name(unary.op()), tile);
      case Tile.Binary binary -> call(TilePrinter.name(binary.op()), tile);
      case Tile.MultiplyAdd _ -> call("multiply_add", tile);
      case Tile.Dot dot -> call("dot_" + TilePrinter.name(dot.kind()), tile);
      case Tile.Pack pack -> call("pack_" + pack.element(), tile);
      case Tile.Table table -> "table " + table.values() + "(" + text(table.index()) + ")";
      case Tile.Select _ -> call("select", tile);
      case Tile.FoldColumns fold -> call(TilePrinter.name(fold.fold()) + "_columns", tile);
      case Tile.FoldRows fold -> call(TilePrinter.name(fold.fold()) + "_rows", tile);
      case Tile.Column column -> call("column " + column.column(), tile);
    };
  }

  private String call(String name, Tile tile) {
    List<String> all = new ArrayList<>();
    tile.operands().forEach(operand -> all.add(text(operand)));
    return name + "(" + String.join(", ", all) + ")";
  }

  private static String load(Tile.Load load) {
    boolean whole =
        load.columns().isConstant(load.shape().columns()) && Double.compare(load.other(), 0) == 0;
    return "load "
        + load.buffer()
        + place(load.offset(), load.rowStride(), load.columnStride())
        + " "
        + load.shape()
        + (whole ? "" : " of " + IndexText.of(load.columns()) + " else " + load.other());
  }

  static String place(Index offset, Index rowStride, Index columnStride) {
    return "["
        + IndexText.of(offset)
        + "; "
        + IndexText.of(rowStride)
        + ", "
        + IndexText.of(columnStride)
        + "]";
  }
}
