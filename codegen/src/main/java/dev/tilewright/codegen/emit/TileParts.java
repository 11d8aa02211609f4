package dev.tilewright.codegen.emit;

import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Tile;
import dev.tilewright.codegen.tile.Tile.Shape;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/** The parts of the tiles of one statement, each written once. */
final class TileParts {
  private final KernelNames names;
  private final Code code;
  private final int lanes;
  private final IdentityHashMap<Tile, Map<Integer, Operand>> done = new IdentityHashMap<>();
  private final IdentityHashMap<Tile, TileAccess> places;
  private final Set<Buffer> stored;

  TileParts(KernelNames names) {
    this(names, new IdentityHashMap<>(), Set.of());
  }

  /**
   * @param places what other statements of the sweep load as well
   * @param stored what is stored to meanwhile
   */
  TileParts(KernelNames names, IdentityHashMap<Tile, TileAccess> places, Set<Buffer> stored) {
    this.names = names;
    code = names.code();
    lanes = names.lanes();
    this.places = places;
    this.stored = stored;
  }

  /** A part of the tile repeated to a greater shape. */
  Operand value(Tile tile, int row, int vector, boolean wide) {
    Shape shape = tile.shape();
    int r = shape.rows() == 1 ? 0 : row;
    int v = shape.columns() == 1 ? 0 : vector;
    Map<Integer, Operand> parts = done.computeIfAbsent(tile, _ -> new HashMap<>());
    int key = r * names.vectors(shape) + v;
    Operand part = parts.get(key);
    if (part == null) {
      part = write(tile, r, v, shape.columns() > 1);
      parts.put(key, part);
    }
    if (!wide || part.vector()) {
      return part;
    }
    int splatKey = -1 - key;
    Operand splat = parts.get(splatKey);
    if (splat == null) {
      splat = code.splat(part);
      parts.put(splatKey, splat);
    }
    return splat;
  }

  private static boolean isWide(Tile tile) {
    return tile.shape().columns() > 1;
  }

  private Operand write(Tile tile, int r, int v, boolean wide) {
    return switch (tile) {
      case Tile.Fill fill -> code.fill(fill.type(), fill.value(), wide);
      case Tile.Read read -> code.read(names.register(read.register(), r, v), read.type(), wide);
      case Tile.Load load ->
          places
              .computeIfAbsent(
                  load, _ -> new TileAccess(names, load, !stored.contains(load.buffer())))
              .load(load, r, v);
      case Tile.Gather gather ->
          code.gather(
              names.pointer(gather.buffer(), gather.offset()),
              gather.buffer().dtype(),
              value(gather.offsets(), r, v, wide));
      case Tile.Ramp ramp -> {
        long start = r * ramp.rowStep() + (long) v * lanes * ramp.columnStep();
        yield code.ramp(names.index(ramp.start().plus(start)), ramp.columnStep(), wide);
      }
      case Tile.Unary unary when unary.op() == Tile.UnaryOp.TO_BF16 ->
          narrowed(code.unary(unary.op(), value(unary.operand(), r, v, true)), wide);
      case Tile.Unary unary -> code.unary(unary.op(), value(unary.operand(), r, v, wide));
      case Tile.Binary binary when binary.op() == Tile.BinaryOp.SCALE ->
          narrowed(
              code.binary(
                  binary.op(), value(binary.left(), r, v, true), value(binary.right(), r, v, true)),
              wide);
      case Tile.Table table ->
          narrowed(code.table(table.values(), value(table.index(), r, v, true)), wide);
      case Tile.Binary binary ->
          code.binary(
              binary.op(), value(binary.left(), r, v, wide), value(binary.right(), r, v, wide));
      case Tile.MultiplyAdd sum ->
          code.multiplyAdd(
              value(sum.left(), r, v, wide),
              value(sum.right(), r, v, wide),
              value(sum.addend(), r, v, wide),
              names.machine().hasFma());
      case Tile.Dot dot ->
          narrowed(
              code.dot(
                  dot.kind(),
                  value(dot.left(), r, v, !code.dotsByWord(dot.kind()) || isWide(dot.left())),
                  value(dot.right(), r, v, true),
                  value(dot.addend(), r, v, true)),
              wide);
      case Tile.Pack _ ->
          throw new IllegalArgumentException("PACK reached a writer; ExpandNarrow comes before");
      case Tile.Select select ->
          code.select(
              value(select.condition(), r, v, wide),
              value(select.yes(), r, v, wide),
              value(select.no(), r, v, wide));
      case Tile.FoldColumns fold -> foldColumns(fold, r);
      case Tile.Column column when column.operand().shape().columns() == 1 ->
          value(column.operand(), r, 0, false);
      case Tile.Column column ->
          code.lane(
              value(column.operand(), r, column.column() / lanes, true), column.column() % lanes);
      case Tile.FoldRows fold -> {
        Operand folded = value(fold.operand(), 0, v, wide);
        for (int row = 1; row < fold.operand().shape().rows(); row++) {
          folded = code.binary(fold.fold().op(), folded, value(fold.operand(), row, v, wide));
        }
        yield folded;
      }
    };
  }

  /** Where only vectors have an instruction, a scalar is one of their lanes. */
  private Operand narrowed(Operand vector, boolean wide) {
    return wide ? vector : code.lane(vector, 0);
  }

  private Operand foldColumns(Tile.FoldColumns fold, int row) {
    Shape shape = fold.operand().shape();
    boolean wide = shape.columns() > 1;
    Operand folded = value(fold.operand(), row, 0, wide);
    for (int v = 1; v < names.vectors(shape); v++) {
      folded = code.binary(fold.fold().op(), folded, value(fold.operand(), row, v, true));
    }
    if (!wide) {
      return folded;
    }
    for (int half = lanes / 2; half > 0; half /= 2) {
      folded = code.binary(fold.fold().op(), folded, code.shiftLanes(folded, half));
    }
    return code.lane(folded, 0);
  }
}
