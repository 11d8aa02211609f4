package dev.tilewright.codegen.tile;

import static dev.tilewright.codegen.tile.TileVerifier.require;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules inside a kernel. */
final class KernelVerifier {
  private final Kernel kernel;
  private final MachineModel machine;
  private final Set<Buffer> buffers = new HashSet<>();
  private final Map<String, Register> registers = new HashMap<>();
  private Set<String> variables = new HashSet<>(Set.of("worker", "workers"));
  private Set<Register> written = new HashSet<>();

  KernelVerifier(Kernel kernel, MachineModel machine) {
    this.kernel = kernel;
    this.machine = machine;
  }

  void verify() {
    TileVerifier.name(kernel.name());
    kernel.symbols().forEach(this::declare);
    Set<String> names = new HashSet<>();
    kernel.parameters().forEach(buffer -> declare(buffer, false, names));
    for (Kernel.Scratch own : kernel.scratch()) {
      declare(own.buffer(), true, names);
      index(Index.of(own.elements()), "the size of " + own.buffer());
      own.over().ifPresent(over -> shown(own, over));
    }
    body(kernel.body());
  }

  private void shown(Kernel.Scratch view, Buffer over) {
    Dim bytes = view.elements().times(view.buffer().dtype().bytes());
    check(
        kernel.scratch().stream()
            .takeWhile(own -> !own.equals(view))
            .filter(own -> own.buffer().equals(over) && own.over().isEmpty())
            .anyMatch(own -> own.elements().times(over.dtype().bytes()).equals(bytes)),
        view.buffer() + " shows " + over + ", which is no scratch of its size declared before");
  }

  private void declare(Buffer buffer, boolean scratch, Set<String> names) {
    TileVerifier.name(buffer.name());
    check(names.add(buffer.name()), "two buffers are called " + buffer);
    check(
        buffer.scratch() == scratch,
        buffer + " is " + (scratch ? "" : "not ") + "declared as scratch");
    buffers.add(buffer);
  }

  private void declare(String variable) {
    TileVerifier.name(variable);
    check(variables.add(variable), "variable " + variable + " is already in scope");
  }

  private void body(List<Statement> statements) {
    Set<String> outer = new HashSet<>(variables);
    statements.forEach(this::statement);
    variables = outer;
  }

  private void statement(Statement statement) {
    switch (statement) {
      case Statement.Loop loop -> loop(loop);
      case Statement.If choice -> {
        index(choice.left(), "if");
        index(choice.right(), "if");
        Set<Register> before = new HashSet<>(written);
        body(choice.then());
        Set<Register> afterThen = written;
        written = before;
        body(choice.otherwise());
        written.retainAll(afterThen);
      }
      case Statement.Define define -> {
        index(define.value(), define.variable());
        declare(define.variable());
      }
      case Statement.Lookup lookup -> {
        buffer(lookup.buffer());
        check(
            lookup.buffer().dtype() == DType.INT32,
            lookup.buffer() + " is looked up but not INT32");
        index(lookup.offset(), lookup.variable());
        index(lookup.bound(), lookup.variable());
        index(lookup.site(), lookup.variable());
        declare(lookup.variable());
      }
      case Statement.Set set -> set(set);
      case Statement.Store store -> store(store);
      case Statement.Prefetch prefetch -> {
        buffer(prefetch.buffer());
        index(prefetch.offset(), "prefetch " + prefetch.buffer());
      }
      case Statement.Sweep sweep -> new SweepRules(sweep).check();
    }
  }

  private void loop(Statement.Loop loop) {
    index(loop.from(), loop.variable());
    index(loop.to(), loop.variable());
    check(
        loop.step() > 0 && loop.unroll() > 0,
        "loop " + loop.variable() + " needs a positive step and unroll");
    boolean runs =
        loop.from() instanceof Index.Constant from
            && loop.to() instanceof Index.Constant to
            && from.value() < to.value();
    Set<Register> before = new HashSet<>(written);
    Set<String> outer = new HashSet<>(variables);
    declare(loop.variable());
    body(loop.body());
    variables = outer;
    if (!runs) {
      written = before;
    }
  }

  private void set(Statement.Set set) {
    Register register = set.register();
    TileVerifier.name(register.name());
    Register other = registers.putIfAbsent(register.name(), register);
    check(other == null || other.equals(register), register + " is declared twice, differently");
    shape(register.shape());
    tile(set.value());
    check(
        set.value().type() == register.type(),
        register + " is " + register.type() + ", not " + set.value().type());
    check(
        set.value().shape().join(register.shape()).equals(register.shape()),
        register + " is " + register.shape() + ", not " + set.value().shape());
    written.add(register);
  }

  private void store(Statement.Store store) {
    buffer(store.buffer());
    index(store.offset(), "store");
    index(store.rowStride(), "store");
    index(store.columnStride(), "store");
    index(store.columns(), "store");
    tile(store.value());
    check(
        store.value().type() == store.buffer().registerType(),
        store.value().type() + " is stored to " + store.buffer() + " of " + store.buffer().dtype());
    check(
        store.value().shape().columns() == 1 || !store.columnStride().isConstant(0),
        "a store to " + store.buffer() + " puts all columns into one element");
  }

  private void tile(Tile tile) {
    tile.operands().forEach(this::tile);
    try {
      shape(tile.shape());
    } catch (IllegalArgumentException e) {
      check(false, e.getMessage());
    }
    switch (tile) {
      case Tile.Fill fill ->
          check(
              fill.type() == Tile.Type.F32
                  || (fill.type() == Tile.Type.I32 && fill.value() == (int) fill.value())
                  || fill.value() == 0
                  || fill.value() == 1,
              fill.value() + " is no " + fill.type());
      case Tile.Read read ->
          check(written.contains(read.register()), read.register() + " is read before it is set");
      case Tile.Load load -> {
        buffer(load.buffer());
        index(load.offset(), "load");
        index(load.rowStride(), "load");
        index(load.columnStride(), "load");
        index(load.columns(), "load");
        DType dtype = load.buffer().dtype();
        check(
            !dtype.isNarrow() || load.other() == dtype.of(load.other()),
            load.other() + " is no " + dtype);
      }
      case Tile.Gather gather -> {
        buffer(gather.buffer());
        index(gather.offset(), "gather");
        type(gather.offsets(), Tile.Type.I32);
      }
      case Tile.Ramp ramp -> index(ramp.start(), "ramp");
      case Tile.Unary unary -> unary(unary);
      case Tile.Binary binary -> binary(binary);
      case Tile.MultiplyAdd sum -> sum.operands().forEach(operand -> type(operand, Tile.Type.F32));
      case Tile.Dot dot -> {
        type(dot.left(), Tile.Type.I32);
        type(dot.right(), Tile.Type.I32);
        type(dot.addend(), dot.type());
      }
      case Tile.Pack pack -> {
        check(
            pack.element().isNarrow() && pack.parts().size() * pack.element().bytes() == 4,
            pack.parts().size() + " elements of " + pack.element() + " do not make a word");
        pack.parts().forEach(part -> type(part, Tile.Type.of(pack.element())));
      }
      case Tile.Table table -> {
        type(table.index(), Tile.Type.I32);
        check(
            table.values().size() == machine.lanes(),
            "a table has " + table.values().size() + " entries, not " + machine.lanes());
      }
      case Tile.Select select -> {
        type(select.condition(), Tile.Type.MASK);
        type(select.no(), select.yes().type());
      }
      case Tile.FoldColumns fold ->
          check(fold.operand().type() != Tile.Type.MASK, "masks are folded");
      case Tile.FoldRows fold -> check(fold.operand().type() != Tile.Type.MASK, "masks are folded");
      case Tile.Column column ->
          check(
              column.operand().type() != Tile.Type.MASK
                  && column.column() >= 0
                  && column.column() < column.operand().shape().columns(),
              "there is no column " + column.column() + " of numbers");
    }
  }

  private void unary(Tile.Unary unary) {
    Tile.Type type = unary.operand().type();
    boolean fits =
        switch (unary.op()) {
          case EXP,
              LOG,
              TANH,
              SIN,
              COS,
              ERF,
              COARSE_EXP,
              COARSE_ERF,
              RSQRT,
              SQRT,
              FLOOR,
              ROUND,
              TO_INT,
              TO_INT_EXACT,
              TO_BF16,
              BITS_TO_INT ->
              type == Tile.Type.F32;
          case NEG, ABS -> type != Tile.Type.MASK;
          case NOT, MASK_TO_INT -> type == Tile.Type.MASK;
          case TO_FLOAT, BITS_TO_FLOAT -> type == Tile.Type.I32;
        };
    check(fits, unary.op() + " of " + type);
  }

  private void binary(Tile.Binary binary) {
    Tile.Type type = binary.left().type();
    type(binary.right(), type);
    boolean fits =
        switch (binary.op()) {
          case ADD, SUB, MUL, MIN, MAX, LT, LE, GT, GE, EQ, NE -> type != Tile.Type.MASK;
          case DIV, POW, SCALE -> type == Tile.Type.F32;
          case AND, OR, XOR -> type != Tile.Type.F32;
          case SHIFT_LEFT, SHIFT_RIGHT -> type == Tile.Type.I32;
        };
    check(fits, binary.op() + " of " + type);
  }

  private void type(Tile tile, Tile.Type expected) {
    check(
        tile.type() == expected,
        "expected " + expected + ", got " + tile.type() + ": " + new TileText(tile).text());
  }

  private void shape(Tile.Shape shape) {
    check(
        shape.rows() > 0 && machine.allowsColumns(shape.columns()),
        "shape " + shape + ": columns must be 1 or a multiple of " + machine.lanes());
  }

  private void buffer(Buffer buffer) {
    check(buffers.contains(buffer), "buffer " + buffer + " is not declared");
  }

  private void index(Index index, String where) {
    for (String variable : IndexText.variables(index)) {
      check(variables.contains(variable), where + ": variable " + variable + " is not in scope");
    }
  }

  private void check(boolean condition, String message) {
    require(condition, "kernel " + kernel.name() + ": " + message);
  }

  /**
   * What makes a sweep mean the same as its statements one after another: every tile repeats to its
   * shape, nothing folds; a register smaller than the sweep is set once and not read before; what
   * is loaded and stored is so in the same place.
   */
  private final class SweepRules {
    private final Statement.Sweep sweep;
    private final Set<Register> set = new HashSet<>();
    private final Set<Register> read = new HashSet<>();
    private final Map<Buffer, Tile.Load> loads = new HashMap<>();

    SweepRules(Statement.Sweep sweep) {
      this.sweep = sweep;
    }

    void check() {
      shape(sweep.shape());
      for (Statement statement : sweep.body()) {
        statement(statement);
        switch (statement) {
          case Statement.Set s -> {
            reads(s.value());
            Register register = s.register();
            fits(register.shape());
            boolean whole = register.shape().equals(sweep.shape());
            KernelVerifier.this.check(
                whole || (!read.contains(register) && !set.contains(register)),
                "register "
                    + register
                    + " is smaller than its sweep "
                    + sweep.shape()
                    + " and set again");
            set.add(register);
          }
          case Statement.Store s -> {
            reads(s.value());
            fits(s.value().shape());
            place(s);
          }
          default ->
              KernelVerifier.this.check(false, "a sweep holds what is neither set nor store");
        }
      }
    }

    private void place(Statement.Store store) {
      Tile.Load load = loads.get(store.buffer());
      boolean same =
          load == null
              || (load.shape().equals(sweep.shape())
                  && load.offset().equals(store.offset())
                  && load.rowStride().equals(store.rowStride())
                  && load.columnStride().equals(store.columnStride()));
      KernelVerifier.this.check(
          same, "a sweep loads " + store.buffer() + " elsewhere than it stores to it");
    }

    private void reads(Tile tile) {
      tile.operands().forEach(this::reads);
      fits(tile.shape());
      switch (tile) {
        case Tile.FoldColumns _, Tile.FoldRows _, Tile.Column _ ->
            KernelVerifier.this.check(false, "a sweep folds or takes a column");
        case Tile.Read r -> {
          if (!set.contains(r.register())) {
            read.add(r.register());
          }
        }
        case Tile.Load load -> {
          Tile.Load other = loads.putIfAbsent(load.buffer(), load);
          if (other != null && !other.equals(load)) {
            loads.put(
                load.buffer(),
                new Tile.Load(
                    load.buffer(),
                    Index.ZERO,
                    Index.ZERO,
                    Index.ZERO,
                    new Tile.Shape(0, 0),
                    Index.ZERO,
                    0));
          }
        }
        case Tile.Fill _,
            Tile.Gather _,
            Tile.Ramp _,
            Tile.Unary _,
            Tile.Binary _,
            Tile.MultiplyAdd _,
            Tile.Dot _,
            Tile.Table _,
            Tile.Pack _,
            Tile.Select _ -> {}
      }
    }

    private void fits(Tile.Shape shape) {
      KernelVerifier.this.check(
          shape.join(sweep.shape()).equals(sweep.shape()),
          shape + " does not repeat to its sweep " + sweep.shape());
    }
  }
}
