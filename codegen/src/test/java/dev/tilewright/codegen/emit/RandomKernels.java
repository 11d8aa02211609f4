package dev.tilewright.codegen.emit;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Kernel;
import dev.tilewright.codegen.tile.Register;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import dev.tilewright.codegen.tile.Tile.BinaryOp;
import dev.tilewright.codegen.tile.Tile.Shape;
import dev.tilewright.codegen.tile.Tile.Type;
import dev.tilewright.codegen.tile.Tile.UnaryOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Kernels without sense that use the whole tile IR: they read the parameters f, i, b, h, q and u
 * and write r, j, c, hr, qr and ur, each store to its own place. A symbol S below the lanes sets
 * bounds.
 */
final class RandomKernels {
  /** Elements of each buffer. */
  static final int SIZE = 1 << 14;

  private static final List<Tile.Fold> FOLDS = List.of(Tile.Fold.SUM, Tile.Fold.MAX, Tile.Fold.MIN);

  private static final int PLACE = 512;

  private final Random random;
  private final int lanes;
  private final Buffer f = new Buffer("f", DType.FLOAT32, false);
  private final Buffer i = new Buffer("i", DType.INT32, false);
  private final Buffer b = new Buffer("b", DType.BOOL, false);
  private final Buffer h = new Buffer("h", DType.BFLOAT16, false);
  private final Buffer q = new Buffer("q", DType.INT8, false);
  private final Buffer u = new Buffer("u", DType.UINT8, false);
  private final Buffer r = new Buffer("r", DType.FLOAT32, false);
  private final Buffer j = new Buffer("j", DType.INT32, false);
  private final Buffer c = new Buffer("c", DType.BOOL, false);
  private final Buffer hr = new Buffer("hr", DType.BFLOAT16, false);
  private final Buffer qr = new Buffer("qr", DType.INT8, false);
  private final Buffer ur = new Buffer("ur", DType.UINT8, false);
  private final Buffer own = new Buffer("own", DType.FLOAT32, true);
  private final List<Index> variables = new ArrayList<>(List.of(Index.variable("S")));
  private List<Register> set = new ArrayList<>();
  private int names;
  private int places;

  RandomKernels(long seed, int lanes) {
    this.random = new Random(seed);
    this.lanes = lanes;
  }

  Kernel kernel() {
    List<Statement> body = new ArrayList<>();
    Tile whole = new Tile.Fill(new Shape(1, lanes), Type.F32, 0.5);
    for (int k = 0; k < 4; k++) {
      body.add(
          new Statement.Store(
              own, Index.of((long) k * lanes), Index.ZERO, Index.ONE, whole, Index.of(lanes)));
    }
    body(body, 5, 2);
    return new Kernel(
        "random",
        List.of("S"),
        List.of(f, i, b, h, q, u, r, j, c, hr, qr, ur),
        List.of(new Kernel.Scratch(own, Dim.of(4L * lanes))),
        body,
        "no sense");
  }

  private void body(List<Statement> out, int statements, int depth) {
    List<Register> before = new ArrayList<>(set);
    int variablesBefore = variables.size();
    for (int n = 0; n < statements; n++) {
      int kind = random.nextInt(depth == 0 ? 7 : 10);
      switch (kind) {
        case 0, 1, 2 -> {
          Register register = register(shape());
          out.add(
              new Statement.Set(
                  register, value(smaller(register.shape()), register.type(), 3, true)));
          set.add(register);
        }
        case 3, 4 -> {
          Type type = type();
          out.add(store(value(shape(), type, 3, true)));
        }
        case 5 -> out.add(sweep());
        case 6 -> {
          out.add(new Statement.Prefetch(i, index().times(SIZE)));
          String name = "v" + names++;
          if (random.nextBoolean()) {
            out.add(new Statement.Define(name, index()));
          } else {
            Index at = index().remainder(Index.of(SIZE));
            out.add(new Statement.Lookup(name, i, at, Index.of(50), Index.of(random.nextInt(5))));
          }
          variables.add(Index.variable(name).remainder(Index.of(lanes)));
        }
        case 7, 8 -> {
          String name = "k" + names++;
          Index to = random.nextBoolean() ? Index.variable("S") : Index.of(random.nextInt(7));
          variables.add(Index.variable(name));
          List<Statement> inner = new ArrayList<>();
          List<Register> outside = new ArrayList<>(set);
          int known = variables.size();
          body(inner, 3, depth - 1);
          while (variables.size() > known - 1) {
            variables.removeLast();
          }
          set = outside;
          out.add(
              new Statement.Loop(
                  name,
                  Index.of(random.nextInt(2)),
                  to,
                  1 + random.nextInt(3),
                  1 + random.nextInt(3),
                  inner));
        }
        default -> {
          List<Statement> then = new ArrayList<>();
          List<Statement> otherwise = new ArrayList<>();
          List<Register> outside = new ArrayList<>(set);
          Index left = index();
          Index right = index();
          body(then, 2, depth - 1);
          set = new ArrayList<>(outside);
          body(otherwise, 2, depth - 1);
          set = outside;
          out.add(new Statement.If(left, right, then, otherwise));
        }
      }
    }
    if (depth < 2) {
      set = before;
      while (variables.size() > variablesBefore) {
        variables.removeLast();
      }
    }
  }

  private Statement sweep() {
    Shape shape = shape();
    List<Statement> body = new ArrayList<>();
    List<Register> outside = new ArrayList<>(set);
    for (int n = 0; n < 4; n++) {
      if (random.nextInt(3) > 0) {
        Register register = register(random.nextBoolean() ? shape : smaller(shape));
        body.add(
            new Statement.Set(
                register, value(smaller(register.shape()), register.type(), 3, false)));
        set.add(register);
      } else {
        body.add(store(value(shape, type(), 3, false)));
      }
    }
    List<Register> sets = new ArrayList<>(set);
    sets.removeAll(outside);
    set = outside;
    set.addAll(sets);
    return new Statement.Sweep(shape, body);
  }

  private Statement.Store store(Tile value) {
    Buffer buffer =
        switch (value.type()) {
          case F32 -> random.nextInt(4) == 0 ? hr : r;
          case I32 -> random.nextInt(3) > 0 ? j : random.nextBoolean() ? qr : ur;
          case MASK -> c;
        };
    Shape shape = value.shape();
    Index start = Index.of((long) PLACE * (places++ % (SIZE / PLACE)));
    boolean scattered = random.nextInt(4) == 0;
    Index columnStride = Index.of(scattered ? 2 : 1);
    return new Statement.Store(
        buffer,
        start,
        Index.of(shape.columns() * (scattered ? 2L : 1L)),
        columnStride,
        value,
        columns(shape));
  }

  private Index columns(Shape shape) {
    return switch (random.nextInt(4)) {
      case 0 -> shape.columns() == 1 ? Index.variable("S").min(Index.ONE) : Index.variable("S");
      case 1 ->
          shape.columns() == 1
              ? Index.ONE
              : Index.variable("S").plus(lanes).min(Index.of(shape.columns()));
      default -> Index.of(shape.columns());
    };
  }

  private Register register(Shape shape) {
    return new Register("r" + names++, shape, type());
  }

  private Shape shape() {
    return new Shape(
        1 + random.nextInt(2), random.nextInt(3) == 0 ? 1 : lanes * (1 + random.nextInt(2)));
  }

  /** A shape that repeats to the given one. */
  private Shape smaller(Shape shape) {
    return switch (random.nextInt(5)) {
      case 0 -> new Shape(1, shape.columns());
      case 1 -> new Shape(shape.rows(), 1);
      default -> shape;
    };
  }

  private Type type() {
    return random.nextInt(3) > 0 ? Type.F32 : random.nextBoolean() ? Type.I32 : Type.MASK;
  }

  private Index index() {
    Index a = variables.get(random.nextInt(variables.size()));
    Index d = Index.of(random.nextInt(-9, 10));
    return switch (random.nextInt(7)) {
      case 0 -> a.plus(d).max(Index.ZERO);
      case 1 -> a.minus(d).remainder(Index.of(7));
      case 2 -> a.times(3).dividedBy(2);
      case 3 -> a.times(a).min(Index.of(40));
      case 4 -> d.minus(a).remainder(Index.of(5)).plus(1);
      case 5 -> d.minus(a).dividedBy(Index.of(4)).plus(10);
      default -> a;
    };
  }

  private Tile value(Shape shape, Type type, int depth, boolean folds) {
    if (depth == 0 || random.nextInt(6) == 0) {
      return leaf(shape, type);
    }
    if (folds && type != Type.MASK && random.nextInt(6) == 0) {
      Tile.Fold fold = FOLDS.get(random.nextInt(FOLDS.size()));
      if (shape.columns() == 1) {
        Shape wide = new Shape(shape.rows(), lanes * (1 + random.nextInt(3)));
        if (random.nextBoolean()) {
          return new Tile.Column(
              value(wide, type, depth - 1, true), random.nextInt(wide.columns()));
        }
        return new Tile.FoldColumns(fold, value(wide, type, depth - 1, true));
      }
      if (shape.rows() == 1) {
        return new Tile.FoldRows(fold, value(new Shape(3, shape.columns()), type, depth - 1, true));
      }
    }
    Tile x = value(shape, type, depth - 1, folds);
    if (random.nextInt(5) == 0) {
      Tile condition = value(smaller(shape), Type.MASK, depth - 1, folds);
      return new Tile.Select(condition, x, value(smaller(shape), type, depth - 1, folds));
    }
    return switch (type) {
      case F32 -> real(shape, x, depth - 1, folds);
      case I32 -> whole(shape, x, depth - 1, folds);
      case MASK -> mask(shape, x, depth - 1, folds);
    };
  }

  private Tile real(Shape shape, Tile x, int depth, boolean folds) {
    BinaryOp[] binary = {
      BinaryOp.ADD,
      BinaryOp.SUB,
      BinaryOp.MUL,
      BinaryOp.DIV,
      BinaryOp.MIN,
      BinaryOp.MAX,
      BinaryOp.POW
    };
    UnaryOp[] unary = {
      UnaryOp.EXP,
      UnaryOp.LOG,
      UnaryOp.TANH,
      UnaryOp.SIN,
      UnaryOp.COS,
      UnaryOp.ERF,
      UnaryOp.RSQRT,
      UnaryOp.NEG,
      UnaryOp.ABS,
      UnaryOp.SQRT,
      UnaryOp.FLOOR,
      UnaryOp.ROUND
    };
    return switch (random.nextInt(7)) {
      case 5 -> new Tile.Unary(UnaryOp.TO_BF16, x);
      case 6 -> dot(Tile.DotKind.BF16, shape, x, depth, folds);
      case 0, 1 ->
          new Tile.Binary(
              binary[random.nextInt(binary.length)],
              x,
              value(smaller(shape), Type.F32, depth, folds));
      case 2 ->
          new Tile.MultiplyAdd(
              x,
              value(smaller(shape), Type.F32, depth, folds),
              value(smaller(shape), Type.F32, depth, folds));
      case 3 -> new Tile.Unary(UnaryOp.TO_FLOAT, value(shape, Type.I32, depth, folds));
      default -> new Tile.Unary(unary[random.nextInt(unary.length)], x);
    };
  }

  private Tile whole(Shape shape, Tile x, int depth, boolean folds) {
    BinaryOp[] binary = {
      BinaryOp.ADD,
      BinaryOp.SUB,
      BinaryOp.MUL,
      BinaryOp.MIN,
      BinaryOp.MAX,
      BinaryOp.AND,
      BinaryOp.OR,
      BinaryOp.XOR
    };
    return switch (random.nextInt(10)) {
      case 6 -> {
        Tile left = value(smaller(shape), Type.I32, depth, folds);
        Tile low = new Tile.Fill(new Shape(1, 1), Type.I32, 0x7F7F7F7F);
        Tile right = value(smaller(shape), Type.I32, depth, folds);
        Tile sevenBits = new Tile.Binary(BinaryOp.AND, left, low);
        yield new Tile.Dot(Tile.DotKind.U7I8, sevenBits, right, x);
      }
      case 7 -> dot(Tile.DotKind.U8I8, shape, x, depth, folds);
      case 8 -> {
        List<Tile> parts = new ArrayList<>(List.of(x));
        while (parts.size() < 4) {
          parts.add(value(smaller(shape), Type.I32, depth, folds));
        }
        yield new Tile.Pack(random.nextBoolean() ? DType.INT8 : DType.UINT8, parts);
      }
      case 9 -> {
        Tile low = number(value(shape, Type.F32, depth, folds));
        yield new Tile.Pack(
            DType.BFLOAT16, List.of(low, number(value(smaller(shape), Type.F32, depth, folds))));
      }
      case 0 -> new Tile.Unary(UnaryOp.TO_INT, value(shape, Type.F32, depth, folds));
      case 1 -> new Tile.Unary(UnaryOp.MASK_TO_INT, value(shape, Type.MASK, depth, folds));
      case 2 -> new Tile.Unary(random.nextBoolean() ? UnaryOp.NEG : UnaryOp.ABS, x);
      case 3 -> {
        BinaryOp shift = random.nextBoolean() ? BinaryOp.SHIFT_LEFT : BinaryOp.SHIFT_RIGHT;
        yield new Tile.Binary(
            shift, x, new Tile.Fill(new Shape(1, 1), Type.I32, random.nextInt(32)));
      }
      default ->
          new Tile.Binary(
              binary[random.nextInt(binary.length)],
              x,
              value(smaller(shape), Type.I32, depth, folds));
    };
  }

  private Tile dot(Tile.DotKind kind, Shape shape, Tile addend, int depth, boolean folds) {
    Tile left = value(smaller(shape), Type.I32, depth, folds);
    return new Tile.Dot(kind, left, value(smaller(shape), Type.I32, depth, folds), addend);
  }

  /** 0 for NaN, whose bits nobody says. */
  private static Tile number(Tile x) {
    Tile zero = new Tile.Fill(new Shape(1, 1), Type.F32, 0);
    return new Tile.Select(new Tile.Binary(BinaryOp.EQ, x, x), x, zero);
  }

  private Tile mask(Shape shape, Tile x, int depth, boolean folds) {
    BinaryOp[] logic = {BinaryOp.AND, BinaryOp.OR, BinaryOp.XOR};
    BinaryOp[] compare = {
      BinaryOp.LT, BinaryOp.LE, BinaryOp.GT, BinaryOp.GE, BinaryOp.EQ, BinaryOp.NE
    };
    return switch (random.nextInt(4)) {
      case 0 -> new Tile.Unary(UnaryOp.NOT, x);
      case 1 ->
          new Tile.Binary(
              logic[random.nextInt(3)], x, value(smaller(shape), Type.MASK, depth, folds));
      default -> {
        Type type = random.nextInt(3) > 0 ? Type.F32 : Type.I32;
        yield new Tile.Binary(
            compare[random.nextInt(6)],
            value(shape, type, depth, folds),
            value(smaller(shape), type, depth, folds));
      }
    };
  }

  private Tile leaf(Shape shape, Type type) {
    List<Register> held =
        set.stream().filter(x -> x.type() == type && x.shape().equals(shape)).toList();
    if (!held.isEmpty() && random.nextBoolean()) {
      return new Tile.Read(held.get(random.nextInt(held.size())));
    }
    Buffer buffer =
        switch (type) {
          case F32 ->
              random.nextInt(6) == 0 && shape.columns() <= lanes
                  ? own
                  : random.nextInt(4) == 0 ? h : f;
          case I32 -> random.nextInt(3) > 0 ? i : random.nextBoolean() ? q : u;
          case MASK -> b;
        };
    if (buffer.equals(own)) {
      return new Tile.Load(
          own, Index.ZERO, Index.of(lanes), Index.ONE, shape, Index.of(shape.columns()), 0);
    }
    double constant =
        type == Type.MASK ? random.nextInt(2) : random.nextInt(buffer.equals(u) ? 0 : -5, 6);
    return switch (random.nextInt(8)) {
      case 0 -> new Tile.Fill(shape, type, constant);
      case 1 -> {
        Tile offsets =
            new Tile.Binary(
                BinaryOp.AND,
                leaf(shape, Type.I32),
                new Tile.Fill(new Shape(1, 1), Type.I32, 1023));
        yield new Tile.Gather(buffer, index(), offsets);
      }
      case 2 ->
          type == Type.I32
              ? new Tile.Ramp(shape, index(), random.nextInt(-3, 4), random.nextInt(-3, 4))
              : new Tile.Fill(shape, type, constant);
      default ->
          new Tile.Load(
              buffer,
              index().times(random.nextInt(20)),
              random.nextBoolean() ? Index.of(random.nextInt(70)) : index().plus(10),
              Index.of(random.nextInt(3) > 0 ? 1 : random.nextInt(4)),
              shape,
              columns(shape),
              constant);
    };
  }
}
