package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Register;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import dev.tilewright.codegen.tile.Tile.BinaryOp;
import dev.tilewright.codegen.tile.Tile.UnaryOp;
import dev.tilewright.op.Primitive.BinaryKind;
import dev.tilewright.op.Primitive.UnaryKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Elementwise work on one register tile: turns {@link Element}s into tile expressions at a {@link
 * TilePlace} and collects the statements. What does not change along rows or columns, such as a
 * bias or a mask, is put in registers before the sweep; elements with several users are computed
 * once.
 */
final class SweepBuilder {
  private final KernelScope scope;
  private final TilePlace place;
  private final AffineLowering offsets;
  private final List<Statement> before = new ArrayList<>();
  private final List<Statement> sweep = new ArrayList<>();
  private final Map<Element, Tile> done = new IdentityHashMap<>();
  private final Map<Element, Integer> uses = new IdentityHashMap<>();

  /**
   * @param elements everything that will be asked for, so that sharing is seen
   */
  SweepBuilder(KernelScope scope, TilePlace place, Collection<Element> elements) {
    this.scope = scope;
    this.place = place;
    this.offsets = new AffineLowering(scope, place.positions(), before);
    elements.forEach(this::count);
  }

  /** The element as a tile that repeats to the place's shape. */
  Tile value(Element element) {
    Tile known = done.get(element);
    if (known == null) {
      known = keep(element, expression(element));
      done.put(element, known);
    }
    return known;
  }

  /** Says what an element is, so that it is not computed. */
  void define(Element element, Tile tile) {
    done.put(element, tile);
  }

  /**
   * The same tile in a register, if it is more than a register or a constant: for values that are
   * used several times.
   */
  Tile shared(Tile tile) {
    if (tile instanceof Tile.Fill || tile instanceof Tile.Read) {
      return tile;
    }
    Register register = scope.register("t", tile.shape(), tile.type());
    (tile.shape().equals(place.shape()) ? sweep : before).add(new Statement.Set(register, tile));
    return new Tile.Read(register);
  }

  /** {@code register = value}, in the sweep. */
  void set(Register register, Tile value) {
    sweep.add(new Statement.Set(register, value));
  }

  /** Stores an output's element at its offset. */
  void store(Region.Output output) {
    Tile value = value(output.element());
    Buffer buffer = scope.buffer(output.buffer(), output.dtype());
    sweep.add(
        new Statement.Store(
            buffer,
            offsets.lower(output.offset()),
            stride(output.offset(), place.rowAxis()),
            stride(output.offset(), place.laneAxis()),
            value,
            place.columns()));
  }

  /** Stores a tile in scratch memory, rows apart by the stride, columns side by side. */
  void store(Buffer buffer, Index offset, Index rowStride, Tile value) {
    sweep.add(
        new Statement.Store(
            buffer, offset, rowStride, Index.ONE, value, Index.of(place.shape().columns())));
  }

  /** All of it: first what the sweep needs, then the sweep. */
  List<Statement> statements() {
    List<Statement> all = new ArrayList<>(before);
    if (!sweep.isEmpty()) {
      all.add(new Statement.Sweep(place.shape(), sweep));
    }
    return all;
  }

  /** MASK, {@code [1, C]}: whether a column is valid. */
  Tile validColumns() {
    Tile.Shape row = new Tile.Shape(1, place.shape().columns());
    return new Tile.Binary(
        BinaryOp.LT,
        new Tile.Ramp(row, Index.ZERO, 0, 1),
        new Tile.Ramp(new Tile.Shape(1, 1), place.columns(), 0, 0));
  }

  private void count(Element element) {
    if (uses.merge(element, 1, Integer::sum) == 1) {
      switch (element) {
        case Element.Constant _, Element.Read _, Element.Local _, Element.Position _ -> {}
        case Element.Unary unary -> count(unary.operand());
        case Element.Cast cast -> count(cast.operand());
        case Element.Binary binary -> {
          count(binary.left());
          count(binary.right());
        }
        case Element.Compare compare -> {
          count(compare.left());
          count(compare.right());
        }
        case Element.Select select -> {
          count(select.condition());
          count(select.yes());
          count(select.no());
        }
      }
    }
  }

  /**
   * Puts a tile in a register if that saves work: if it is smaller than the sweep's shape, or has
   * several users.
   */
  private Tile keep(Element element, Tile tile) {
    boolean small = !tile.shape().equals(place.shape());
    return small || uses.getOrDefault(element, 1) > 1 ? shared(tile) : tile;
  }

  private Tile expression(Element element) {
    return switch (element) {
      case Element.Constant constant ->
          new Tile.Fill(new Tile.Shape(1, 1), Tile.Type.of(constant.dtype()), constant.value());
      case Element.Local local -> place.locals().get(local.name());
      case Element.Read read -> load(read);
      case Element.Position position -> ramp(position.value());
      case Element.Unary unary -> new Tile.Unary(op(unary.kind()), value(unary.operand()));
      case Element.Binary binary -> binary(binary);
      case Element.Compare compare ->
          new Tile.Binary(
              BinaryOp.valueOf(compare.kind().name()),
              value(compare.left()),
              value(compare.right()));
      case Element.Select select ->
          new Tile.Select(value(select.condition()), value(select.yes()), value(select.no()));
      case Element.Cast cast -> cast(value(cast.operand()), cast.dtype());
    };
  }

  private Tile load(Element.Read read) {
    Index rowStride = stride(read.offset(), place.rowAxis());
    Index columnStride = stride(read.offset(), place.laneAxis());
    Tile.Shape shape =
        new Tile.Shape(
            rowStride.isConstant(0) ? 1 : place.shape().rows(),
            columnStride.isConstant(0) ? 1 : place.shape().columns());
    Index columns = shape.columns() == 1 ? Index.ONE : place.columns();
    return new Tile.Load(
        scope.buffer(read.buffer(), read.dtype()),
        offsets.lower(read.offset()),
        rowStride,
        columnStride,
        shape,
        columns,
        0);
  }

  private Tile ramp(Affine value) {
    long rowStep = step(value, place.rowAxis());
    long columnStep = step(value, place.laneAxis());
    Tile.Shape shape =
        new Tile.Shape(
            rowStep == 0 ? 1 : place.shape().rows(), columnStep == 0 ? 1 : place.shape().columns());
    return new Tile.Ramp(shape, offsets.lower(value), rowStep, columnStep);
  }

  /**
   * Sums of a product that nothing else uses are rounded once, whatever the tile's shape, so that
   * an element has the same bits in every tile.
   */
  private Tile binary(Element.Binary binary) {
    boolean sum = binary.kind() == BinaryKind.ADD || binary.kind() == BinaryKind.SUB;
    if (sum && isOwnProduct(binary.right())) {
      Element.Binary product = (Element.Binary) binary.right();
      Tile factor = value(product.left());
      return new Tile.MultiplyAdd(
          binary.kind() == BinaryKind.ADD ? factor : negated(factor),
          value(product.right()),
          value(binary.left()));
    }
    if (sum && isOwnProduct(binary.left())) {
      Element.Binary product = (Element.Binary) binary.left();
      Tile addend = value(binary.right());
      return new Tile.MultiplyAdd(
          value(product.left()),
          value(product.right()),
          binary.kind() == BinaryKind.ADD ? addend : negated(addend));
    }
    Tile left = value(binary.left());
    Tile right = value(binary.right());
    return switch (binary.kind()) {
      case ADD -> new Tile.Binary(BinaryOp.ADD, left, right);
      case SUB -> new Tile.Binary(BinaryOp.SUB, left, right);
      case MUL -> new Tile.Binary(BinaryOp.MUL, left, right);
      case DIV -> new Tile.Binary(BinaryOp.DIV, left, right);
      case POW -> new Tile.Binary(BinaryOp.POW, left, right);
      case AND -> new Tile.Binary(BinaryOp.AND, left, right);
      case OR -> new Tile.Binary(BinaryOp.OR, left, right);
      case MIN -> propagateNan(BinaryOp.MIN, shared(left), right);
      case MAX -> propagateNan(BinaryOp.MAX, shared(left), right);
    };
  }

  private boolean isOwnProduct(Element element) {
    return element instanceof Element.Binary product
        && product.kind() == BinaryKind.MUL
        && product.dtype() == DType.FLOAT32
        && uses.getOrDefault(product, 1) == 1
        && !done.containsKey(product);
  }

  private static Tile negated(Tile tile) {
    return new Tile.Unary(UnaryOp.NEG, tile);
  }

  /**
   * {@code left != left ? left : op(left, right)}: the operation alone gives right where either is
   * NaN.
   */
  static Tile propagateNan(BinaryOp op, Tile left, Tile right) {
    Tile result = new Tile.Binary(op, left, right);
    boolean number =
        left.type() != Tile.Type.F32
            || (left instanceof Tile.Fill fill && !Double.isNaN(fill.value()));
    return number
        ? result
        : new Tile.Select(new Tile.Binary(BinaryOp.NE, left, left), left, result);
  }

  private static Tile cast(Tile tile, DType dtype) {
    Tile one = new Tile.Fill(new Tile.Shape(1, 1), Tile.Type.F32, 1);
    Tile zero = new Tile.Fill(new Tile.Shape(1, 1), Tile.Type.F32, 0);
    return switch (dtype) {
      case FLOAT32 ->
          switch (tile.type()) {
            case F32 -> tile;
            case I32 -> new Tile.Unary(UnaryOp.TO_FLOAT, tile);
            case MASK -> new Tile.Select(tile, one, zero);
          };
      case INT32 ->
          switch (tile.type()) {
            case F32 -> new Tile.Unary(UnaryOp.TO_INT, tile);
            case I32 -> tile;
            case MASK -> new Tile.Unary(UnaryOp.MASK_TO_INT, tile);
          };
      case BFLOAT16 -> new Tile.Unary(UnaryOp.TO_BF16, cast(tile, DType.FLOAT32));
      case INT8 -> clamp(cast(tile, DType.INT32), Byte.MIN_VALUE, Byte.MAX_VALUE);
      case UINT8 ->
          tile.type() == Tile.Type.F32
              // A maximum takes a NaN to 0 too, and what is left converts without limits.
              ? new Tile.Unary(UnaryOp.TO_INT_EXACT, clamp(tile, 0, 255))
              : clamp(cast(tile, DType.INT32), 0, 255);
      case BOOL ->
          tile.type() == Tile.Type.MASK
              ? tile
              : new Tile.Binary(
                  BinaryOp.NE, tile, new Tile.Fill(new Tile.Shape(1, 1), tile.type(), 0));
    };
  }

  private static Tile clamp(Tile value, int least, int greatest) {
    Tile.Shape shape = new Tile.Shape(1, 1);
    Tile above = new Tile.Binary(BinaryOp.MAX, value, new Tile.Fill(shape, value.type(), least));
    return new Tile.Binary(BinaryOp.MIN, above, new Tile.Fill(shape, value.type(), greatest));
  }

  private static UnaryOp op(UnaryKind kind) {
    return switch (kind) {
      case NEG -> UnaryOp.NEG;
      case ABS -> UnaryOp.ABS;
      case EXP -> UnaryOp.EXP;
      case LOG -> UnaryOp.LOG;
      case SQRT -> UnaryOp.SQRT;
      case RSQRT -> UnaryOp.RSQRT;
      case TANH -> UnaryOp.TANH;
      case SIN -> UnaryOp.SIN;
      case COS -> UnaryOp.COS;
      case ERF -> UnaryOp.ERF;
      case COARSE_EXP -> UnaryOp.COARSE_EXP;
      case COARSE_ERF -> UnaryOp.COARSE_ERF;
      case FLOOR -> UnaryOp.FLOOR;
      case ROUND -> UnaryOp.ROUND;
      case NOT -> UnaryOp.NOT;
    };
  }

  private static Index stride(Affine offset, String axis) {
    return axis == null ? Index.ZERO : Index.of(affine(offset, axis).coefficient(axis));
  }

  private static long step(Affine value, String axis) {
    Dim step = axis == null ? Dim.ZERO : affine(value, axis).coefficient(axis);
    if (!step.isKnown()) {
      throw new IllegalStateException(
          "the position " + value + " has the symbolic step " + step + " along " + axis);
    }
    return step.value();
  }

  private static Affine affine(Affine offset, String axis) {
    if (!offset.isAffineIn(axis)) {
      throw new IllegalStateException(
          offset + " is not affine in " + axis + ", which lies across a tile");
    }
    return offset;
  }
}
