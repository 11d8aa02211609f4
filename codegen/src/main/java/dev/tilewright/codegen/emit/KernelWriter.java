package dev.tilewright.codegen.emit;

import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Register;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import dev.tilewright.codegen.tile.Tile.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes the statements of a kernel in a {@link Code}. A tile {@code [R, C]} is {@code R * C/lanes}
 * vectors and {@code [R, 1]} is R scalars; each such part has a row and a position among the
 * vectors of its row.
 */
final class KernelWriter {
  /** Fewer rows than that are gathered and scattered. */
  private static final int LEAST_TRANSPOSED = 4;

  private final Code code;
  private final MachineModel machine;
  private final int lanes;
  private final Map<Buffer, String> buffers;
  private final Map<String, String> variables;
  private final Map<Register, String[]> registers = new HashMap<>();

  /**
   * @param buffers texts of the pointers
   * @param variables texts of the symbols, {@code worker} and {@code workers}
   */
  KernelWriter(
      Code code, MachineModel machine, Map<Buffer, String> buffers, Map<String, String> variables) {
    this.code = code;
    this.machine = machine;
    this.lanes = machine.lanes();
    this.buffers = buffers;
    this.variables = new HashMap<>(variables);
  }

  void write(List<Statement> body) {
    body.forEach(this::write);
  }

  private void write(Statement statement) {
    switch (statement) {
      case Statement.Loop loop ->
          code.loop(
              loop.variable(),
              index(loop.from()),
              index(loop.to()),
              loop.step(),
              variable -> {
                variables.put(loop.variable(), variable);
                write(loop.body());
              });
      case Statement.If choice ->
          code.choose(
              index(choice.left()),
              index(choice.right()),
              () -> write(choice.then()),
              () -> write(choice.otherwise()));
      case Statement.Define define -> variables.put(define.variable(), index(define.value()));
      case Statement.Lookup lookup ->
          variables.put(
              lookup.variable(),
              code.lookup(
                  code.pointer(
                      buffers.get(lookup.buffer()),
                      lookup.buffer().dtype(),
                      index(lookup.offset())),
                  index(lookup.bound()),
                  index(lookup.site())));
      case Statement.Set set -> set(set);
      case Statement.Store store -> store(store);
      case Statement.Prefetch prefetch ->
          code.prefetch(
              buffers.get(prefetch.buffer()), prefetch.buffer().dtype(), index(prefetch.offset()));
      case Statement.Sweep sweep -> sweep(sweep);
    }
  }

  private void set(Statement.Set set) {
    Parts parts = new Parts();
    Shape shape = set.register().shape();
    Operand[] values = new Operand[shape.rows() * vectors(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          parts.value(set.value(), i / vectors(shape), i % vectors(shape), shape.columns() > 1);
    }
    String[] targets = targets(set.register());
    for (int i = 0; i < values.length; i++) {
      code.assign(targets[i], values[i]);
    }
  }

  private void store(Statement.Store store) {
    Shape shape = store.value().shape();
    boolean separate = !loads(store.value(), store.buffer());
    Parts parts = new Parts();
    Place place = new Place(store, shape, separate);
    Operand[] values = new Operand[shape.rows() * vectors(shape)];
    for (int v = 0; v < vectors(shape); v++) {
      for (int r = 0; r < shape.rows(); r++) {
        int i = r * vectors(shape) + v;
        values[i] = parts.value(store.value(), r, v, shape.columns() > 1);
        if (separate) {
          place.store(r, v, values[i]);
        }
      }
    }
    for (int i = 0; i < values.length && !separate; i++) {
      place.store(i / vectors(shape), i % vectors(shape), values[i]);
    }
  }

  private void sweep(Statement.Sweep sweep) {
    Shape shape = sweep.shape();
    boolean vector = shape.columns() > 1;
    Set<Buffer> loaded = new HashSet<>();
    Set<Buffer> stored = new HashSet<>();
    for (Statement statement : sweep.body()) {
      switch (statement) {
        case Statement.Set set -> loads(set.value(), loaded);
        case Statement.Store store -> {
          loads(store.value(), loaded);
          stored.add(store.buffer());
        }
        default -> throw new IllegalArgumentException("a sweep holds " + statement);
      }
    }
    IdentityHashMap<Tile, Place> from = new IdentityHashMap<>();
    IdentityHashMap<Statement, Place> to = new IdentityHashMap<>();
    // Down each column of vectors, so that few are held where a place is transposed.
    for (int v = 0; v < vectors(shape); v++) {
      for (int r = 0; r < shape.rows(); r++) {
        for (Statement statement : sweep.body()) {
          Parts parts = new Parts(from, stored);
          if (statement instanceof Statement.Set set) {
            Shape own = set.register().shape();
            if (r < own.rows() && v < vectors(own)) {
              Operand value = parts.value(set.value(), r, v, own.columns() > 1);
              code.assign(targets(set.register())[r * vectors(own) + v], value);
            }
          } else if (statement instanceof Statement.Store store) {
            to.computeIfAbsent(
                    store, _ -> new Place(store, shape, !loaded.contains(store.buffer())))
                .store(r, v, parts.value(store.value(), r, v, vector));
          }
        }
      }
    }
  }

  private static void loads(Tile tile, Set<Buffer> all) {
    switch (tile) {
      case Tile.Load load -> all.add(load.buffer());
      case Tile.Gather gather -> all.add(gather.buffer());
      default -> {}
    }
    tile.operands().forEach(operand -> loads(operand, all));
  }

  private static boolean loads(Tile tile, Buffer buffer) {
    Set<Buffer> all = new HashSet<>();
    loads(tile, all);
    return all.contains(buffer);
  }

  private String[] targets(Register register) {
    return registers.computeIfAbsent(
        register,
        key -> {
          Shape shape = key.shape();
          String[] parts = new String[shape.rows() * vectors(shape)];
          for (int i = 0; i < parts.length; i++) {
            String name =
                key.name()
                    + (parts.length == 1
                        ? ""
                        : "_" + i / vectors(shape) + "_" + i % vectors(shape));
            parts[i] = code.variable(name, key.type(), shape.columns() > 1);
          }
          return parts;
        });
  }

  /** Vectors in a row; 1 for a scalar. */
  private int vectors(Shape shape) {
    return shape.columns() == 1 ? 1 : shape.columns() / lanes;
  }

  String index(Index index) {
    return switch (index) {
      case Index.Constant(long value) -> code.integer(value);
      case Index.Variable(String name) -> variables.get(name);
      case Index.Binary binary ->
          code.integer(binary.kind(), index(binary.left()), index(binary.right()));
    };
  }

  /**
   * {@code offset + r*rowStride + c*columnStride} in a buffer. Where the rows lie side by side and
   * the columns apart, squares of them are transposed in registers: vectors lie along the rows.
   */
  private final class Place {
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
    Place(Tile.Load load, boolean free) {
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
    Place(Statement.Store store, Shape shape, boolean free) {
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
     * Where a column's elements of a square begin; beyond the last column the last one's, since
     * even masked accesses are slow outside of memory.
     */
    private String column(int first, int vector, int lane) {
      Index column = Index.of((long) vector * lanes + lane);
      Index inside = whole ? column : column.min(columns.minus(Index.ONE)).max(Index.ZERO);
      return code.pointer(row(first), buffer.dtype(), index(inside.times(columnStride)));
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
                : code.loadSome(pointer, buffer.dtype(), true, index(below), load.other());
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
          code.storeSome(pointer, buffer.dtype(), columns[lane], index(below));
        }
      }
    }

    private String row(int row) {
      String known = rows.get(row);
      if (known == null) {
        known =
            row == 0
                ? code.pointer(buffers.get(buffer), buffer.dtype(), index(offset))
                : code.pointer(row(0), buffer.dtype(), index(rowStride.times(row)));
        rows.put(row, known);
      }
      return known;
    }

    private String pointer(int row, int vector) {
      return vector == 0
          ? row(row)
          : code.pointer(
              row(row), buffer.dtype(), index(columnStride.times((long) vector * lanes)));
    }

    /** How many lanes of a vector are accessed; null for all. */
    private String count(int vector) {
      return whole ? null : index(columns.minus(Index.of((long) vector * lanes)));
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
                first * vectors(load.shape()) + vector, _ -> loadSquare(load, first, vector))[
            row - first];
      }
      String count = count(vector);
      if (wide && !columnStride.isConstant(1)) {
        return code.loadStrided(
            pointer(row, vector), buffer.dtype(), index(columnStride), count, load.other());
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
          code.loadSome(row(row), buffer.dtype(), false, index(columns), load.other());
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
            pointer(row, vector), buffer.dtype(), value, index(columnStride), count(vector));
      } else if (whole) {
        code.store(pointer(row, vector), buffer.dtype(), value);
      } else {
        code.storeSome(pointer(row, vector), buffer.dtype(), value, count(vector));
      }
    }
  }

  /** The parts of the tiles of one statement, each written once. */
  private final class Parts {
    private final IdentityHashMap<Tile, Map<Integer, Operand>> done = new IdentityHashMap<>();
    private final IdentityHashMap<Tile, Place> places;
    private final Set<Buffer> stored;

    Parts() {
      this(new IdentityHashMap<>(), Set.of());
    }

    /**
     * @param places what other statements of the sweep load as well
     * @param stored what is stored to meanwhile
     */
    Parts(IdentityHashMap<Tile, Place> places, Set<Buffer> stored) {
      this.places = places;
      this.stored = stored;
    }

    /** A part of the tile repeated to a greater shape. */
    Operand value(Tile tile, int row, int vector, boolean wide) {
      Shape shape = tile.shape();
      int r = shape.rows() == 1 ? 0 : row;
      int v = shape.columns() == 1 ? 0 : vector;
      Map<Integer, Operand> parts = done.computeIfAbsent(tile, _ -> new HashMap<>());
      int key = r * vectors(shape) + v;
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

    private Operand write(Tile tile, int r, int v, boolean wide) {
      return switch (tile) {
        case Tile.Fill fill -> code.fill(fill.type(), fill.value(), wide);
        case Tile.Read read ->
            code.read(targets(read.register())[r * vectors(read.shape()) + v], read.type(), wide);
        case Tile.Load load ->
            places
                .computeIfAbsent(load, _ -> new Place(load, !stored.contains(load.buffer())))
                .load(load, r, v);
        case Tile.Gather gather ->
            code.gather(
                code.pointer(
                    buffers.get(gather.buffer()), gather.buffer().dtype(), index(gather.offset())),
                gather.buffer().dtype(),
                value(gather.offsets(), r, v, wide));
        case Tile.Ramp ramp -> {
          long start = r * ramp.rowStep() + (long) v * lanes * ramp.columnStep();
          yield code.ramp(index(ramp.start().plus(start)), ramp.columnStep(), wide);
        }
        case Tile.Unary unary when unary.op() == Tile.UnaryOp.TO_BF16 ->
            narrowed(code.unary(unary.op(), value(unary.operand(), r, v, true)), wide);
        case Tile.Unary unary -> code.unary(unary.op(), value(unary.operand(), r, v, wide));
        case Tile.Binary binary when binary.op() == Tile.BinaryOp.SCALE ->
            narrowed(
                code.binary(
                    binary.op(),
                    value(binary.left(), r, v, true),
                    value(binary.right(), r, v, true)),
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
                machine.hasFma());
        case Tile.Dot dot ->
            narrowed(
                code.dot(
                    dot.kind(),
                    value(dot.left(), r, v, true),
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
      for (int v = 1; v < vectors(shape); v++) {
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
}
