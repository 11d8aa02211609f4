package dev.tilewright.op;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import java.util.List;

/**
 * The operations that everything else is written in, the whole of the graph's language on one
 * screen. A primitive holds its attributes; its operands come separately. Shapes in attributes may
 * be symbolic.
 *
 * <p>Elementwise primitives want operands of one shape: {@link Broadcast} is always explicit (the
 * operators on {@code Tensor} insert it). Reductions accumulate in ascending order of the index.
 */
public sealed interface Primitive {
  /**
   * The type of the result.
   *
   * @throws TensorTypeException if the operands do not fit, saying what was expected and what came
   */
  default TensorType infer(List<TensorType> operands) {
    return TypeRules.infer(this, operands);
  }

  // Sources, without operands.

  /**
   * A scalar. INT32 values must be whole; BOOL is 0 or 1.
   *
   * {@snippet :
   * Tensor y = evaluator.apply(new Constant(0.5, DType.FLOAT32));   // gives 0.5
   * }
   */
  record Constant(double value, DType dtype) implements Primitive {}

  /**
   * The extent itself as a scalar, INT32: how a symbol such as S enters arithmetic.
   *
   * {@snippet :
   * Tensor y = evaluator.apply(new Extent(Dim.of(3)));   // gives 3
   * }
   */
  record Extent(Dim extent) implements Primitive {}

  /**
   * {@code out[i0, .., in] = i_axis}, INT32.
   *
   * {@snippet :
   * Tensor y = evaluator.apply(new Iota(List.of(Dim.of(2), Dim.of(3)), 1));
   * // gives [[0, 1, 2], [0, 1, 2]]
   * }
   */
  record Iota(List<Dim> shape, int axis) implements Primitive {}

  // Elementwise.

  /**
   * {@code out[i] = f(a[i])}.
   *
   * {@snippet :
   * Tensor y = evaluator.apply(new Unary(UnaryKind.EXP), x);   // x = [0, 1] gives [1, 2.718282]
   * }
   */
  record Unary(UnaryKind kind) implements Primitive {}

  /**
   * {@code out[i] = f(a[i], b[i])}, operands of one type, which is the result's.
   *
   * {@snippet :
   * Tensor z = evaluator.apply(new Binary(BinaryKind.ADD), x, y);   // x = [1, 2], y = [3, 4] gives [4, 6]
   * }
   */
  record Binary(BinaryKind kind) implements Primitive {}

  /**
   * {@code out[i] = a[i] ? b[i]}, BOOL.
   *
   * {@snippet :
   * // x = [1, 2], y = [2, 2]
   * Tensor z = evaluator.apply(new Compare(CompareKind.LT), x, y);   // gives [true, false]
   * }
   */
  record Compare(CompareKind kind) implements Primitive {}

  /**
   * {@code out[i] = c[i] ? a[i] : b[i]} with operands c (BOOL), a, b.
   *
   * {@snippet :
   * Tensor z = evaluator.apply(new Select(), c, a, b);   // c = [true, false], a = [1, 2], b = [3, 4] gives [1, 4]
   * }
   */
  record Select() implements Primitive {}

  /**
   * To another element type. To float rounds to the nearest, ties to even; float to an integer
   * truncates toward zero, saturates and takes NaN to 0, as Java does; an integer to a narrower one
   * saturates; bool gives 0 or 1; to bool is {@code x != 0}.
   *
   * {@snippet :
   * Tensor y = evaluator.apply(new Cast(DType.INT32), x);   // x = [1.9, -1.9, NaN] gives [1, -1, 0]
   * }
   */
  record Cast(DType dtype) implements Primitive {}

  // Reductions and products.

  /**
   * Removes the axis: {@code out = kind over a[.., i, ..]}.
   *
   * {@snippet :
   * Tensor y = evaluator.apply(new Reduce(ReduceKind.SUM, 1), x);   // x = [[1, 2], [3, 4]] gives [3, 7]
   * }
   */
  record Reduce(ReduceKind kind, int axis) implements Primitive {}

  /**
   * A contraction in Einstein's notation, one letter an axis: {@code out = sum of left*right over
   * the letters that are in both and not in out}. Letters in all three are batch axes. At least one
   * letter is summed; each letter of out is in left or right; a letter stands once an operand.
   * {@code Contract("bsk", "nk", "bsn")} is a linear layer.
   *
   * <p>Element types: f32 by f32 and bf16 by bf16 are summed in f32, u8 by i8 (in either order) in
   * i32, modulo 2^32.
   *
   * {@snippet :
   * // x = [[[1, 2]]], w = [[3, 4], [5, 6], [7, 8]]
   * Tensor y = evaluator.apply(new Contract("bsk", "nk", "bsn"), x, w);   // gives [[[11, 17, 23]]]
   * }
   */
  record Contract(String left, String right, String out) implements Primitive {}

  /**
   * A part of how weights, FLOAT32 {@code [.., k]}, are held in {@code ceil(k/32)} blocks of {@link
   * #SIZE} neighbours along the last axis, the last block filled up with zeros: {@code x[.., 32*b +
   * j] = scale[.., b]*quant[.., b, j] + offset[.., b]}.
   *
   * <p>A weight whose file holds it so, in whatever type, gives the file's blocks: the equation
   * then holds up to the rounding of its two operations. For other tensors {@code scale = max
   * |x|/127}, at least 2^-100, {@code quant = round(x/scale) + 128} and {@code offset = -128*scale}
   * in each block.
   *
   * {@snippet :
   * Tensor y = evaluator.apply(new Blocks(BlockPart.SCALE), x);   // x = [254, -127] gives [2]
   * }
   */
  record Blocks(BlockPart part) implements Primitive {
    /** Neighbours that share a scale and an offset. */
    public static final int SIZE = 32;
  }

  // Views: index maps that fuse into the loads and stores around them.

  /**
   * The same elements in row-major order under another shape.
   *
   * {@snippet :
   * // x = [[1, 2], [3, 4]]
   * Tensor y = evaluator.apply(new Reshape(List.of(Dim.of(4))), x);   // gives [1, 2, 3, 4]
   * }
   */
  record Reshape(List<Dim> shape) implements Primitive {}

  /**
   * {@code out axis i = operand axis permutation[i]}.
   *
   * {@snippet :
   * // x = [[1, 2, 3], [4, 5, 6]]
   * Tensor y = evaluator.apply(new Transpose(List.of(1, 0)), x);   // gives [[1, 4], [2, 5], [3, 6]]
   * }
   */
  record Transpose(List<Integer> permutation) implements Primitive {}

  /**
   * Operand axis i becomes axis {@code axes[i]} of the shape (ascending); an extent of 1 repeats;
   * other axes are new.
   *
   * {@snippet :
   * // x = [1, 2]: its axis becomes axis 0, and axis 1 is new
   * Tensor y = evaluator.apply(new Broadcast(List.of(Dim.of(2), Dim.of(3)), List.of(0)), x);
   * // gives [[1, 1, 1], [2, 2, 2]]
   * }
   */
  record Broadcast(List<Dim> shape, List<Integer> axes) implements Primitive {}

  /**
   * {@code out[.., i, ..] = a[.., start + i*step, ..]} for start + i*step below stop; {@code 0 <=
   * start}, step >= 1.
   *
   * {@snippet :
   * // x = [1, 2, 3, 4, 5]
   * Tensor y = evaluator.apply(new Slice(0, Dim.ONE, Dim.of(5), 2), x);   // gives [2, 4]
   * }
   */
  record Slice(int axis, Dim start, Dim stop, int step) implements Primitive {}

  /**
   * One or more operands one after another along the axis.
   *
   * {@snippet :
   * Tensor z = evaluator.apply(new Concat(0), x, y);   // x = [1, 2], y = [3] gives [1, 2, 3]
   * }
   */
  record Concat(int axis) implements Primitive {}

  /**
   * {@code value} before and after along the axis.
   *
   * {@snippet :
   * Tensor y = evaluator.apply(new Pad(0, Dim.ONE, Dim.of(2), 0), x);   // x = [1, 2] gives [0, 1, 2, 0, 0]
   * }
   */
  record Pad(int axis, Dim low, Dim high, double value) implements Primitive {}

  /**
   * Sliding windows along the axis as a new last axis: {@code out[.., i, .., j] = a[.., i*stride +
   * j*dilation, ..]}, with {@code (n - (size-1)*dilation - 1)/stride + 1} windows. Pooling and
   * convolution are reductions and contractions over it.
   *
   * {@snippet :
   * // x = [1, 2, 3, 4, 5]: windows of 3 elements, a new one every 2
   * Tensor y = evaluator.apply(new Window(0, 3, 2, 1), x);   // gives [[1, 2, 3], [3, 4, 5]]
   * }
   */
  record Window(int axis, int size, int stride, int dilation) implements Primitive {}

  // Indexed access.

  /**
   * Operands table and indices (INT32): the table's axis is replaced by the axes of indices. An
   * index outside the table fails the call with an {@code IndexOutOfBounds} that names the place.
   *
   * {@snippet :
   * // table = [[1, 2], [3, 4]], INT32 ids = [1, 0]
   * Tensor rows = evaluator.apply(new Gather(0), table, ids);   // gives [[3, 4], [1, 2]]
   * }
   */
  record Gather(int axis) implements Primitive {}

  // Memory.

  /**
   * Operands state and rows: the state with its last elements along the axis replaced by the rows,
   * {@code out[.., i, ..] = i < n ? state[.., i, ..] : rows[.., i - n, ..]} where n is what the
   * state has more than the rows. Compiled, the state is the memory of a session, and the rows
   * alone are written.
   *
   * {@snippet :
   * Tensor y = evaluator.apply(new Append(0), state, rows);   // state = [1, 2, 3], rows = [9] gives [1, 2, 9]
   * }
   */
  record Append(int axis) implements Primitive {}

  /** Functions of one number. BOOL has NOT alone; INT32 has NEG and ABS; narrow types none. */
  enum UnaryKind {
    NEG,
    ABS,
    EXP,
    LOG,
    SQRT,
    /** {@code 1/sqrt(x)}. */
    RSQRT,
    TANH,
    /** The sine of an angle in radians. */
    SIN,
    /** The cosine of an angle in radians. */
    COS,
    /** The error function. */
    ERF,
    /** EXP within 2^-13 of the result, for what is rounded to few bits after. */
    COARSE_EXP,
    /** ERF within 2^-12, of the same sign, for what is rounded to few bits after. */
    COARSE_ERF,
    FLOOR,
    /** To the nearest whole number, ties to even. */
    ROUND,
    NOT
  }

  /**
   * Functions of two numbers. BOOL has AND and OR alone; INT32 has no DIV and no POW; narrow types
   * none. MIN and MAX give NaN for a NaN.
   */
  enum BinaryKind {
    ADD,
    SUB,
    MUL,
    DIV,
    MIN,
    MAX,
    POW,
    AND,
    OR
  }

  /** Comparisons; every one but NE is false where a NaN takes part. */
  enum CompareKind {
    LT,
    LE,
    GT,
    GE,
    EQ,
    NE
  }

  /** What {@link Blocks} gives of a tensor {@code [.., k]}. */
  enum BlockPart {
    /** UINT8 {@code [.., ceil(k/32), 32]}. */
    QUANT,
    /** FLOAT32 {@code [.., ceil(k/32)]}. */
    SCALE,
    /** FLOAT32 {@code [.., ceil(k/32)]}. */
    OFFSET
  }

  /**
   * Associative folds; of no elements they give 0, minus infinity (or the least int), infinity (or
   * the greatest).
   */
  enum ReduceKind {
    SUM,
    MAX,
    MIN
  }
}
