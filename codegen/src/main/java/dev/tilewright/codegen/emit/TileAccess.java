package dev.tilewright.codegen.emit;

import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import dev.tilewright.codegen.tile.Tile.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * {@code offset + r*rowStride + c*columnStride} in a buffer. Where the rows lie side by side and
 * the columns apart, squares of them are transposed in registers: vectors lie along the rows.
 */
final class TileAccess {
  /** Fewer rows than that are gathered and scattered. */
  private static final int LEAST_TRANSPOSED = 4;

  private final KernelNames names;
  private final Code code;
  private final int lanes;
  private final Buffer buffer;
  private final Index offset;
  private final Index rowStride;
  private final Index columnStride;
  private final Index columns;
  private final boolean whole;

  /** Rows of the tile, if they are transposed; else 0. */
  private final int transposed;

  private final Map<Integer, String> rows = new HashMap<>();
  private final Map<Integer, Operand[]> squares = new HashMap<>();

  /**
   * @param free whether all of it may be loaded before what is stored meanwhile
   */
  TileAccess(KernelNames names, Tile.Load load, boolean free) {
    this.names = names;
    code = names.code();
    lanes = names.lanes();
    buffer = load.buffer();
    offset = load.offset();
    rowStride = load.rowStride();
    columnStride = load.columnStride();
    columns = load.columns();
    whole = columns.isConstant(load.shape().columns());
    transposed = transposed(load.shape(), free);
  }

  /**
   * @param free whether it may be stored after what is loaded meanwhile
   */
  TileAccess(KernelNames names, Statement.Store store, Shape shape, boolean free) {
    this.names = names;
    code = names.code();
    lanes = names.lanes();
    buffer = store.buffer();
    offset = store.offset();
    rowStride = store.rowStride();
    columnStride = store.columnStride();
    columns = store.columns();
    whole = columns.isConstant(shape.columns());
    transposed = transposed(shape, free);
  }

  private int transposed(Shape shape, boolean free) {
    boolean apart = !columnStride.isConstant(0) && !columnStride.isConstant(1);
    boolean pays = shape.columns() > 1 && shape.rows() >= LEAST_TRANSPOSED;
    return free && apart && pays && rowStride.isConstant(1) ? shape.rows() : 0;
  }

  /** How many rows a square has that begins at one. */
  private int height(int first) {
    return Math.min(lanes, transposed - first);
  }

  /**
   * Where a column's elements of a square begin; beyond the last column the last one's, since even
   * masked accesses are slow outside of memory.
   */
  private String column(int first, int vector, int lane) {
    Index column = Index.of((long) vector * lanes + lane);
    Index inside = whole ? column : column.min(columns.minus(Index.ONE)).max(Index.ZERO);
    return code.pointer(row(first), buffer.dtype(), names.index(inside.times(columnStride)));
  }

  /** How many elements of a column of a square are accessed. */
  private Index below(int first, int vector, int lane) {
    Index height = Index.of(height(first));
    return whole
        ? height
        : columns
            .minus(Index.of((long) vector * lanes + lane))
            .times(lanes)
            .max(Index.ZERO)
            .min(height);
  }

  private Operand[] loadSquare(Tile.Load load, int first, int vector) {
    Operand[] columns = new Operand[lanes];
    for (int lane = 0; lane < lanes; lane++) {
      String pointer = column(first, vector, lane);
      Index below = below(first, vector, lane);
      columns[lane] =
          below.isConstant(lanes)
              ? code.load(pointer, buffer.dtype(), true)
              : code.loadSome(pointer, buffer.dtype(), true, names.index(below), load.other());
    }
    return Transposition.of(code, columns);
  }

  private void storeSquare(int first, int vector, Operand[] values) {
    Operand[] columns = Transposition.of(code, values);
    for (int lane = 0; lane < lanes; lane++) {
      String pointer = column(first, vector, lane);
      Index below = below(first, vector, lane);
      if (below.isConstant(lanes)) {
        code.store(pointer, buffer.dtype(), columns[lane]);
      } else {
        code.storeSome(pointer, buffer.dtype(), columns[lane], names.index(below));
      }
    }
  }

  private String row(int row) {
    String known = rows.get(row);
    if (known == null) {
      known =
          row == 0
              ? names.pointer(buffer, offset)
              : code.pointer(row(0), buffer.dtype(), names.index(rowStride.times(row)));
      rows.put(row, known);
    }
    return known;
  }

  private String pointer(int row, int vector) {
    return vector == 0
        ? row(row)
        : code.pointer(
            row(row), buffer.dtype(), names.index(columnStride.times((long) vector * lanes)));
  }

  /** How many lanes of a vector are accessed; null for all. */
  private String count(int vector) {
    return whole ? null : names.index(columns.minus(Index.of((long) vector * lanes)));
  }

  Operand load(Tile.Load load, int row, int vector) {
    boolean wide = load.shape().columns() > 1;
    if (wide && columnStride.isConstant(0)) {
      return repeated(load, row, vector);
    }
    if (transposed > 0) {
      int first = row / lanes * lanes;
      return squares
          .computeIfAbsent(
              first * names.vectors(load.shape()) + vector, _ -> loadSquare(load, first, vector))[
          row - first];
    }
    String count = count(vector);
    if (wide && !columnStride.isConstant(1)) {
      return code.loadStrided(
          pointer(row, vector), buffer.dtype(), names.index(columnStride), count, load.other());
    }
    return whole
        ? code.load(pointer(row, vector), buffer.dtype(), wide)
        : code.loadSome(pointer(row, vector), buffer.dtype(), wide, count, load.other());
  }

  private Operand repeated(Tile.Load load, int row, int vector) {
    if (whole) {
      return code.splat(code.load(row(row), buffer.dtype(), false));
    }
    Operand element =
        code.loadSome(row(row), buffer.dtype(), false, names.index(columns), load.other());
    Operand other = code.fill(load.type(), load.other(), true);
    return code.select(code.lanesBelow(count(vector)), code.splat(element), other);
  }

  /** All rows of a vector's columns must be stored one after the other. */
  void store(int row, int vector, Operand value) {
    if (transposed > 0) {
      int first = row / lanes * lanes;
      Operand[] square = squares.computeIfAbsent(-1, _ -> new Operand[lanes]);
      square[row - first] = value;
      if (row - first == height(first) - 1) {
        Arrays.fill(square, height(first), lanes, value);
        storeSquare(first, vector, square);
      }
    } else if (value.vector() && !columnStride.isConstant(1)) {
      code.storeStrided(
          pointer(row, vector), buffer.dtype(), value, names.index(columnStride), count(vector));
    } else if (whole) {
      code.store(pointer(row, vector), buffer.dtype(), value);
    } else {
      code.storeSome(pointer(row, vector), buffer.dtype(), value, count(vector));
    }
  }
}
