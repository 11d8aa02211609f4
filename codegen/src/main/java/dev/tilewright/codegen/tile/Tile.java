package dev.tilewright.codegen.tile;

import dev.tilewright.DType;
import java.util.List;

/**
 * A value of {@code rows x columns} elements that is held in registers, and the expressions that
 * make one. The shape is known when the kernel is written. Columns lie across the lanes of vector
 * registers: their number is 1 (a scalar a row) or a multiple of the target's lanes.
 *
 * <p>Operands of different shapes repeat: {@code [R, 1]} and {@code [1, C]} against {@code [R, C]}.
 * So a rank-1 update, the step of a matrix product, is {@code Set(acc, MultiplyAdd(column, row,
 * acc))}.
 */
public sealed interface Tile {
  Shape shape();

  Type type();

  /** The tiles that it is made of, in order. */
  default List<Tile> operands() {
    return switch (this) {
      case Fill _, Read _, Load _, Ramp _ -> List.of();
      case Gather gather -> List.of(gather.offsets());
      case Unary unary -> List.of(unary.operand());
      case Binary binary -> List.of(binary.left(), binary.right());
      case MultiplyAdd sum -> List.of(sum.left(), sum.right(), sum.addend());
      case Dot dot -> List.of(dot.left(), dot.right(), dot.addend());
      case Pack pack -> pack.parts();
      case Table table -> List.of(table.index());
      case Select select -> List.of(select.condition(), select.yes(), select.no());
      case FoldColumns fold -> List.of(fold.operand());
      case FoldRows fold -> List.of(fold.operand());
      case Column column -> List.of(column.operand());
    };
  }

  /** Element types in registers. MASK is the result of a comparison. */
  enum Type {
    F32,
    I32,
    MASK;

    /** How elements of a type are held: BOOL as MASK, narrow numbers widened. */
    public static Type of(DType dtype) {
      return switch (dtype) {
        case FLOAT32, BFLOAT16 -> F32;
        case INT32, INT8, UINT8 -> I32;
        case BOOL -> MASK;
      };
    }
  }

  record Shape(int rows, int columns) {
    /** What operands of both shapes repeat to. */
    public Shape join(Shape other) {
      boolean fits =
          (rows == other.rows || rows == 1 || other.rows == 1)
              && (columns == other.columns || columns == 1 || other.columns == 1);
      if (!fits) {
        throw new IllegalArgumentException(this + " and " + other + " do not fit together");
      }
      return new Shape(Math.max(rows, other.rows), Math.max(columns, other.columns));
    }

    @Override
    public String toString() {
      return rows + "x" + columns;
    }
  }

  /** All elements one value. */
  record Fill(Shape shape, Type type, double value) implements Tile {}

  /** The present contents of a register. */
  record Read(Register register) implements Tile {
    @Override
    public Shape shape() {
      return register.shape();
    }

    @Override
    public Type type() {
      return register.type();
    }
  }

  /**
   * {@code tile[r][c] = buffer[offset + r*rowStride + c*columnStride]}, strides in elements. A
   * column stride of 1 is a vector load, of 0 one element repeated, any other a gather. Elements of
   * BFLOAT16 come as F32, of INT8 and UINT8 as I32.
   *
   * @param columns how many columns are valid, at most shape.columns; the others are {@code other}
   *     and are not read
   * @param other a number that the buffer's type has
   */
  record Load(
      Buffer buffer,
      Index offset,
      Index rowStride,
      Index columnStride,
      Shape shape,
      Index columns,
      double other)
      implements Tile {
    @Override
    public Type type() {
      return buffer.registerType();
    }
  }

  /** {@code tile[r][c] = buffer[offsets[r][c]]}: I32 offsets in elements, all valid. */
  record Gather(Buffer buffer, Index offset, Tile offsets) implements Tile {
    @Override
    public Shape shape() {
      return offsets.shape();
    }

    @Override
    public Type type() {
      return buffer.registerType();
    }
  }

  /** {@code tile[r][c] = start + r*rowStep + c*columnStep}, I32. */
  record Ramp(Shape shape, Index start, long rowStep, long columnStep) implements Tile {
    @Override
    public Type type() {
      return Type.I32;
    }
  }

  record Unary(UnaryOp op, Tile operand) implements Tile {
    @Override
    public Shape shape() {
      return operand.shape();
    }

    @Override
    public Type type() {
      return op.resultType(operand.type());
    }
  }

  record Binary(BinaryOp op, Tile left, Tile right) implements Tile {
    @Override
    public Shape shape() {
      return left.shape().join(right.shape());
    }

    @Override
    public Type type() {
      return op.isComparison() ? Type.MASK : left.type();
    }
  }

  /** {@code left*right + addend}: rounded once where the target has the instruction, else twice. */
  record MultiplyAdd(Tile left, Tile right, Tile addend) implements Tile {
    @Override
    public Shape shape() {
      return left.shape().join(right.shape()).join(addend.shape());
    }

    @Override
    public Type type() {
      return Type.F32;
    }
  }

  /**
   * {@code addend + sum of left[i]*right[i]} over the elements of two words: I32 lanes that hold
   * several narrow elements, the first in the lowest bits.
   *
   * <p>BF16 is {@code fma(left[0], right[0], fma(left[1], right[1], addend))}: products of bf16
   * numbers are exact in F32, so two roundings, the second element's first. Only where an operand,
   * a product or a sum is below 2^-126 may machines differ: {@link Extension#DOT_BF16} takes it as
   * zero, unless with {@link Extension#SUBNORMAL_BF16}. U8I8 and I8I8 are exact, modulo 2^32.
   */
  record Dot(DotKind kind, Tile left, Tile right, Tile addend) implements Tile {
    @Override
    public Shape shape() {
      return left.shape().join(right.shape()).join(addend.shape());
    }

    @Override
    public Type type() {
      return kind.type();
    }
  }

  /** Which elements are multiplied and in what type they are summed. */
  enum DotKind {
    /** Two bf16 numbers a word on either side, summed in F32. */
    BF16(2, Type.F32, Extension.DOT_BF16),
    /** Four elements a word, unsigned on the left and signed on the right, summed in I32. */
    U8I8(4, Type.I32, Extension.DOT_U8I8),
    /**
     * As U8I8, with elements below 128 on the left: two products make up no more than 16 signed
     * bits.
     */
    U7I8(4, Type.I32, Extension.DOT_U7I8),
    /** Four signed elements a word on either side, summed in I32. */
    I8I8(4, Type.I32, Extension.DOT_I8I8);

    private final int elements;
    private final Type type;
    private final Extension extension;

    DotKind(int elements, Type type, Extension extension) {
      this.elements = elements;
      this.type = type;
      this.extension = extension;
    }

    /** How many elements a word holds. */
    public int elements() {
      return elements;
    }

    /** The type of sums. */
    public Type type() {
      return type;
    }

    /** What a machine has that computes it in one instruction. */
    public Extension extension() {
      return extension;
    }
  }

  /**
   * Words of {@code 4/element.bytes()} parts, I32, the first part in the lowest bits. Parts are
   * converted as {@link Statement.Store} does.
   *
   * @param element a narrow type
   */
  record Pack(DType element, List<Tile> parts) implements Tile {
    public Pack {
      parts = List.copyOf(parts);
    }

    @Override
    public Shape shape() {
      return parts.stream().map(Tile::shape).reduce(Shape::join).orElseThrow();
    }

    @Override
    public Type type() {
      return Type.I32;
    }
  }

  /**
   * {@code values[index mod lanes]}, F32: a table that is held in one register, for machines with
   * {@link Extension#TABLE}.
   *
   * @param values as many as the machine has lanes
   * @param index I32
   */
  record Table(List<Float> values, Tile index) implements Tile {
    public Table {
      values = List.copyOf(values);
    }

    @Override
    public Shape shape() {
      return index.shape();
    }

    @Override
    public Type type() {
      return Type.F32;
    }
  }

  /** {@code condition ? yes : no}; the condition is a MASK. */
  record Select(Tile condition, Tile yes, Tile no) implements Tile {
    @Override
    public Shape shape() {
      return condition.shape().join(yes.shape()).join(no.shape());
    }

    @Override
    public Type type() {
      return yes.type();
    }
  }

  /**
   * Folds the columns of each row into one, {@code [R, C] -> [R, 1]}: first whole vectors, left to
   * right, then halves of the last vector against each other until one lane is left. The order
   * depends on nothing but C and the lanes.
   */
  record FoldColumns(Fold fold, Tile operand) implements Tile {
    @Override
    public Shape shape() {
      return new Shape(operand.shape().rows(), 1);
    }

    @Override
    public Type type() {
      return operand.type();
    }
  }

  /** Folds the rows into one, top to bottom, {@code [R, C] -> [1, C]}. */
  record FoldRows(Fold fold, Tile operand) implements Tile {
    @Override
    public Shape shape() {
      return new Shape(1, operand.shape().columns());
    }

    @Override
    public Type type() {
      return operand.type();
    }
  }

  /** One column, {@code [R, C] -> [R, 1]}: {@code tile[r][0] = operand[r][column]}. */
  record Column(Tile operand, int column) implements Tile {
    @Override
    public Shape shape() {
      return new Shape(operand.shape().rows(), 1);
    }

    @Override
    public Type type() {
      return operand.type();
    }
  }

  enum Fold {
    SUM,
    MAX,
    MIN;

    /** What it does with the part folded so far, on the left, and the next one. */
    public BinaryOp op() {
      return switch (this) {
        case SUM -> BinaryOp.ADD;
        case MAX -> BinaryOp.MAX;
        case MIN -> BinaryOp.MIN;
      };
    }
  }

  /**
   * EXP to RSQRT, TO_INT and POW are expanded into the others before a kernel is written, and so is
   * TO_BF16 where the machine lacks it.
   */
  enum UnaryOp {
    EXP,
    LOG,
    TANH,
    SIN,
    COS,
    ERF,
    /** EXP within 2^-13 of the result. */
    COARSE_EXP,
    /** ERF within 2^-12, of the same sign. */
    COARSE_ERF,
    RSQRT,
    NEG,
    ABS,
    SQRT,
    FLOOR,
    /** To the nearest whole number, ties to even. */
    ROUND,
    NOT,
    /** To I32: truncates toward zero, saturates, NaN gives 0. */
    TO_INT,
    /** F32 within 2^31 to I32 in one instruction: truncates; anything else is undefined. */
    TO_INT_EXACT,
    TO_FLOAT,
    /**
     * To the nearest bf16 number, ties to even, held as F32. {@link Extension#TO_BF16} takes what
     * is below 2^-126 to zero.
     */
    TO_BF16,
    /** The same bits as I32, and back. */
    BITS_TO_INT,
    BITS_TO_FLOAT,
    /** A MASK as 1 or 0. */
    MASK_TO_INT;

    public Type resultType(Type operand) {
      return switch (this) {
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
            TO_FLOAT,
            TO_BF16,
            BITS_TO_FLOAT ->
            Type.F32;
        case NEG, ABS -> operand;
        case NOT -> Type.MASK;
        case TO_INT, TO_INT_EXACT, BITS_TO_INT, MASK_TO_INT -> Type.I32;
      };
    }
  }

  /**
   * MIN and MAX are {@code a < b ? a : b} and {@code a > b ? a : b}: b where either is NaN. AND, OR
   * and XOR are bitwise on I32, logical on MASK. Shifts are by 0 to 31; SHIFT_RIGHT keeps the sign.
   * SCALE is {@code a * 2^floor(b)} of F32, rounded once; a must be neither 0 nor infinite where b
   * is infinite; machines have it with {@link Extension#SCALE}.
   */
  enum BinaryOp {
    ADD,
    SUB,
    MUL,
    DIV,
    MIN,
    MAX,
    POW,
    SCALE,
    AND,
    OR,
    XOR,
    SHIFT_LEFT,
    SHIFT_RIGHT,
    LT,
    LE,
    GT,
    GE,
    EQ,
    NE;

    public boolean isComparison() {
      return compareTo(LT) >= 0;
    }
  }
}
