package dev.tilewright;

import dev.tilewright.op.Evaluator;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.Primitive.BinaryKind;
import dev.tilewright.op.Primitive.CompareKind;
import dev.tilewright.op.Primitive.ReduceKind;
import dev.tilewright.op.Primitive.UnaryKind;
import dev.tilewright.op.TensorType;
import dev.tilewright.op.TensorTypeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A multi-dimensional array, or in a model under compilation the promise of one. Every operation
 * here and in {@link Operators} comes down to {@link Evaluator#apply}, so the same Java code
 * computes eagerly and declares a graph.
 *
 * <p>Axes count from 0, outermost first; negative axes count from the end. Operands of different
 * shapes are repeated as NumPy does it: aligned at the last axis, each extent equal or 1. All
 * operations throw {@link TensorTypeException} if operands do not fit; in a model that is a compile
 * error at the call.
 *
 * <p>The comments of the examples say what the tensors hold, FLOAT32 or BOOL if no element type is
 * named, and what comes of it.
 *
 * {@snippet :
 * // x = [[1, 2], [3, 4]], bias = [10, 20]
 * Tensor y = x.plus(bias).times(0.5f).max(6f);   // gives [[6, 11], [6.5, 12]]
 * }
 */
public interface Tensor {
  /** Element type and shape. */
  TensorType type();

  /** What carries out the operations on this tensor. */
  Evaluator evaluator();

  /**
   * The elements of a FLOAT32 or BFLOAT16 tensor in row-major order.
   *
   * @throws IllegalStateException if the tensor is of another element type
   * @throws UnsupportedOperationException in a model under compilation, where no elements exist yet
   */
  float[] toFloats();

  /**
   * The elements of an INT32, INT8, UINT8 or BOOL tensor in row-major order.
   *
   * @throws IllegalStateException if the tensor is FLOAT32 or BFLOAT16
   * @throws UnsupportedOperationException in a model under compilation, where no elements exist yet
   */
  int[] toInts();

  default DType dtype() {
    return type().dtype();
  }

  default int rank() {
    return type().rank();
  }

  default List<Dim> shape() {
    return type().shape();
  }

  /** The extent of an axis; negative axes count from the end. */
  default Dim dim(int axis) {
    return type().dim(axis(axis));
  }

  // Arithmetic, element by element with broadcasting.

  /**
   * The sum.
   *
   * {@snippet :
   * Tensor z = x.plus(y);   // x = [[1, 2], [3, 4]], y = [10, 20] gives [[11, 22], [13, 24]]
   * }
   */
  default Tensor plus(Tensor other) {
    return binary(BinaryKind.ADD, other);
  }

  /**
   * The sum with a number.
   *
   * {@snippet :
   * Tensor y = x.plus(1f);   // x = [1, 2] gives [2, 3]
   * }
   */
  default Tensor plus(float other) {
    return plus(scalar(other));
  }

  /**
   * The difference.
   *
   * {@snippet :
   * Tensor z = x.minus(y);   // x = [[1, 2], [3, 4]], y = [[1], [2]] gives [[0, 1], [1, 2]]
   * }
   */
  default Tensor minus(Tensor other) {
    return binary(BinaryKind.SUB, other);
  }

  /**
   * The difference from a number.
   *
   * {@snippet :
   * Tensor y = x.minus(1f);   // x = [1, 2] gives [0, 1]
   * }
   */
  default Tensor minus(float other) {
    return minus(scalar(other));
  }

  /**
   * The product of elements; {@link #matmul} is that of matrices.
   *
   * {@snippet :
   * Tensor z = x.times(y);   // x = [[1, 2], [3, 4]], y = [10, 0] gives [[10, 0], [30, 0]]
   * }
   */
  default Tensor times(Tensor other) {
    return binary(BinaryKind.MUL, other);
  }

  /**
   * The product with a number.
   *
   * {@snippet :
   * Tensor y = x.times(0.5f);   // x = [1, 2] gives [0.5, 1]
   * }
   */
  default Tensor times(float other) {
    return times(scalar(other));
  }

  /**
   * The quotient of FLOAT32 tensors.
   *
   * {@snippet :
   * Tensor z = x.dividedBy(y);   // x = [1, 1, 0], y = [4, 0, 0] gives [0.25, Infinity, NaN]
   * }
   */
  default Tensor dividedBy(Tensor other) {
    return binary(BinaryKind.DIV, other);
  }

  /**
   * The quotient of a FLOAT32 tensor and a number.
   *
   * {@snippet :
   * Tensor y = x.dividedBy(4f);   // x = [1, 2] gives [0.25, 0.5]
   * }
   */
  default Tensor dividedBy(float other) {
    return dividedBy(scalar(other));
  }

  /**
   * {@code this^exponent}: of a negative base only for whole exponents, else NaN.
   *
   * {@snippet :
   * Tensor z = x.pow(y);   // x = [2, -2, -2], y = [0.5, 2, 0.5] gives [1.414214, 4, NaN]
   * }
   */
  default Tensor pow(Tensor exponent) {
    return binary(BinaryKind.POW, exponent);
  }

  /**
   * {@code this^exponent}, as {@link #pow(Tensor)}.
   *
   * {@snippet :
   * Tensor y = x.pow(3f);   // x = [2, -2] gives [8, -8]
   * }
   */
  default Tensor pow(float exponent) {
    return pow(scalar(exponent));
  }

  /**
   * The lesser; NaN if one of them is.
   *
   * {@snippet :
   * Tensor z = x.min(y);   // x = [1, 5], y = [4, 2] gives [1, 2]
   * }
   */
  default Tensor min(Tensor other) {
    return binary(BinaryKind.MIN, other);
  }

  /**
   * The lesser of each element and a number.
   *
   * {@snippet :
   * Tensor y = x.min(3f);   // x = [1, 5] gives [1, 3]
   * }
   */
  default Tensor min(float other) {
    return min(scalar(other));
  }

  /**
   * The greater; NaN if one of them is.
   *
   * {@snippet :
   * Tensor z = x.max(y);   // x = [1, 5], y = [4, 2] gives [4, 5]
   * }
   */
  default Tensor max(Tensor other) {
    return binary(BinaryKind.MAX, other);
  }

  /**
   * The greater of each element and a number.
   *
   * {@snippet :
   * Tensor y = x.max(0f);   // x = [-1, 2] gives [0, 2]
   * }
   */
  default Tensor max(float other) {
    return max(scalar(other));
  }

  /**
   * {@code -this}.
   *
   * {@snippet :
   * Tensor y = x.negate();   // x = [1, -2] gives [-1, 2]
   * }
   */
  default Tensor negate() {
    return unary(UnaryKind.NEG);
  }

  /**
   * The absolute values.
   *
   * {@snippet :
   * Tensor y = x.abs();   // x = [1, -2] gives [1, 2]
   * }
   */
  default Tensor abs() {
    return unary(UnaryKind.ABS);
  }

  /**
   * To the nearest whole number, ties to even; of FLOAT32.
   *
   * {@snippet :
   * Tensor y = x.round();   // x = [0.5, 1.5, -1.7] gives [0, 2, -2]
   * }
   */
  default Tensor round() {
    return unary(UnaryKind.ROUND);
  }

  // Comparisons, giving BOOL, and logic on BOOL.

  /**
   * {@code this < other}.
   *
   * {@snippet :
   * Tensor z = x.lessThan(y);   // x = [1, 2, 3], y = [2, 2, 2] gives [true, false, false]
   * }
   */
  default Tensor lessThan(Tensor other) {
    return compare(CompareKind.LT, other);
  }

  /**
   * {@code this < other}.
   *
   * {@snippet :
   * Tensor y = x.lessThan(2f);   // x = [1, 2, 3] gives [true, false, false]
   * }
   */
  default Tensor lessThan(float other) {
    return lessThan(scalar(other));
  }

  /**
   * {@code this <= other}.
   *
   * {@snippet :
   * Tensor z = x.atMost(y);   // x = [1, 2, 3], y = [2, 2, 2] gives [true, true, false]
   * }
   */
  default Tensor atMost(Tensor other) {
    return compare(CompareKind.LE, other);
  }

  /**
   * {@code this <= other}.
   *
   * {@snippet :
   * Tensor y = x.atMost(2f);   // x = [1, 2, 3] gives [true, true, false]
   * }
   */
  default Tensor atMost(float other) {
    return atMost(scalar(other));
  }

  /**
   * {@code this > other}.
   *
   * {@snippet :
   * Tensor z = x.greaterThan(y);   // x = [1, 2, 3], y = [2, 2, 2] gives [false, false, true]
   * }
   */
  default Tensor greaterThan(Tensor other) {
    return compare(CompareKind.GT, other);
  }

  /**
   * {@code this > other}.
   *
   * {@snippet :
   * Tensor y = x.greaterThan(2f);   // x = [1, 2, 3] gives [false, false, true]
   * }
   */
  default Tensor greaterThan(float other) {
    return greaterThan(scalar(other));
  }

  /**
   * {@code this >= other}.
   *
   * {@snippet :
   * Tensor z = x.atLeast(y);   // x = [1, 2, 3], y = [2, 2, 2] gives [false, true, true]
   * }
   */
  default Tensor atLeast(Tensor other) {
    return compare(CompareKind.GE, other);
  }

  /**
   * {@code this >= other}.
   *
   * {@snippet :
   * Tensor y = x.atLeast(2f);   // x = [1, 2, 3] gives [false, true, true]
   * }
   */
  default Tensor atLeast(float other) {
    return atLeast(scalar(other));
  }

  /**
   * {@code this == other}; of a NaN false.
   *
   * {@snippet :
   * Tensor z = x.equalTo(y);   // x = [1, 2, NaN], y = [2, 2, NaN] gives [false, true, false]
   * }
   */
  default Tensor equalTo(Tensor other) {
    return compare(CompareKind.EQ, other);
  }

  /**
   * {@code this == other}.
   *
   * {@snippet :
   * Tensor y = x.equalTo(2f);   // x = [1, 2, 3] gives [false, true, false]
   * }
   */
  default Tensor equalTo(float other) {
    return equalTo(scalar(other));
  }

  /**
   * {@code this != other}; of a NaN true.
   *
   * {@snippet :
   * Tensor z = x.notEqualTo(y);   // x = [1, 2, NaN], y = [2, 2, NaN] gives [true, false, true]
   * }
   */
  default Tensor notEqualTo(Tensor other) {
    return compare(CompareKind.NE, other);
  }

  /**
   * {@code this != other}.
   *
   * {@snippet :
   * Tensor keep = mask.notEqualTo(0f);   // INT32 mask = [1, 1, 0] gives [true, true, false]
   * }
   */
  default Tensor notEqualTo(float other) {
    return notEqualTo(scalar(other));
  }

  /**
   * Whether both are true.
   *
   * {@snippet :
   * Tensor both = a.and(b);   // a = [true, true, false], b = [true, false, false] gives [true, false, false]
   * }
   */
  default Tensor and(Tensor other) {
    return binary(BinaryKind.AND, other);
  }

  /**
   * Whether one or both are true.
   *
   * {@snippet :
   * Tensor any = a.or(b);   // a = [true, true, false], b = [true, false, false] gives [true, true, false]
   * }
   */
  default Tensor or(Tensor other) {
    return binary(BinaryKind.OR, other);
  }

  /**
   * The contrary.
   *
   * {@snippet :
   * Tensor other = a.not();   // a = [true, false] gives [false, true]
   * }
   */
  default Tensor not() {
    return unary(UnaryKind.NOT);
  }

  /**
   * To another element type, as {@link Primitive.Cast} says.
   *
   * {@snippet :
   * Tensor whole = x.cast(DType.INT32);   // x = [1.9, -1.9, NaN] gives [1, -1, 0]
   * }
   */
  default Tensor cast(DType dtype) {
    return dtype == dtype() ? this : apply(new Primitive.Cast(dtype));
  }

  // Reductions, removing the axis.

  /**
   * The sum along the axis.
   *
   * {@snippet :
   * Tensor y = x.sum(1);   // x = [[1, 2], [3, 4]] gives [3, 7]
   * }
   */
  default Tensor sum(int axis) {
    return reduce(ReduceKind.SUM, axis);
  }

  /**
   * The mean along the axis.
   *
   * {@snippet :
   * Tensor y = x.mean(-1);   // x = [[1, 2], [3, 4]] gives [1.5, 3.5]
   * }
   */
  default Tensor mean(int axis) {
    Tensor count = extent(axis);
    return sum(axis).dividedBy(count);
  }

  /**
   * The greatest along the axis; minus infinity of no elements.
   *
   * {@snippet :
   * Tensor y = x.maxOver(0);   // x = [[1, 4], [3, 2]] gives [3, 4]
   * }
   */
  default Tensor maxOver(int axis) {
    return reduce(ReduceKind.MAX, axis);
  }

  /**
   * The least along the axis; infinity of no elements.
   *
   * {@snippet :
   * Tensor y = x.minOver(0);   // x = [[1, 4], [3, 2]] gives [1, 2]
   * }
   */
  default Tensor minOver(int axis) {
    return reduce(ReduceKind.MIN, axis);
  }

  /**
   * The extent of an axis as a FLOAT32 scalar, also where it is known only when the model is
   * called.
   *
   * {@snippet :
   * Tensor rows = x.extent(0);   // x = [[1, 2, 3], [4, 5, 6]] gives 2
   * }
   */
  default Tensor extent(int axis) {
    Dim dim = dim(axis);
    if (dim.isKnown()) {
      return evaluator().apply(new Primitive.Constant(dim.value(), DType.FLOAT32));
    }
    return evaluator().apply(new Primitive.Extent(dim)).cast(DType.FLOAT32);
  }

  // Products.

  /**
   * The matrix product over the last two axes, {@code [.., m, k] x [.., k, n] -> [.., m, n]};
   * leading axes are batches and repeat where they are 1 or absent.
   *
   * {@snippet :
   * Tensor c = a.matmul(b);   // a = [[1, 2]], b = [[3, 4], [5, 6]] gives [[13, 16]]
   * }
   */
  default Tensor matmul(Tensor other) {
    return Operators.matmul(this, other);
  }

  // Views.

  /**
   * The same elements in row-major order under another shape; one extent may be -1 and is then
   * worked out.
   *
   * {@snippet :
   * Tensor y = x.reshape(-1, 2);   // x = [[1, 2, 3, 4], [5, 6, 7, 8]] gives [[1, 2], [3, 4], [5, 6], [7, 8]]
   * }
   */
  default Tensor reshape(long... shape) {
    return reshape(Arrays.stream(shape).mapToObj(Dim::of).toArray(Dim[]::new));
  }

  /**
   * As {@link #reshape(long...)}, with extents such as {@code x.dim(0)}.
   *
   * {@snippet :
   * Tensor y = x.reshape(x.dim(0), Dim.of(-1));   // x = [[[1], [2]], [[3], [4]]] gives [[1, 2], [3, 4]]
   * }
   */
  default Tensor reshape(Dim... shape) {
    List<Dim> result = new ArrayList<>(Arrays.asList(shape));
    int unknown = result.indexOf(Dim.of(-1));
    if (unknown >= 0) {
      result.set(unknown, Dim.ONE);
      Dim known = result.stream().reduce(Dim.ONE, Dim::times);
      Dim rest = type().elements().exactlyDividedBy(known);
      if (rest == null) {
        throw new TensorTypeException(
            TensorTypeException.Reason.SHAPE,
            "cannot reshape "
                + type()
                + " to "
                + Arrays.toString(shape)
                + ": "
                + known
                + " does not divide "
                + type().elements());
      }
      result.set(unknown, rest);
    }
    return result.equals(shape()) ? this : apply(new Primitive.Reshape(List.copyOf(result)));
  }

  /**
   * Splits an axis into several: {@code [B, S, 384].unflatten(2, 12, 32)} is {@code [B, S, 12,
   * 32]}. One may be -1.
   *
   * {@snippet :
   * Tensor heads = x.unflatten(1, 2, -1);   // x = [[1, 2, 3, 4]] gives [[[1, 2], [3, 4]]]
   * }
   */
  default Tensor unflatten(int axis, long... extents) {
    int at = axis(axis);
    List<Dim> result = new ArrayList<>(shape().subList(0, at));
    Dim known = Dim.ONE;
    int unknown = -1;
    for (long extent : extents) {
      if (extent == -1) {
        unknown = result.size();
      } else {
        known = known.times(extent);
      }
      result.add(Dim.of(extent));
    }
    if (unknown >= 0) {
      Dim rest = dim(at).exactlyDividedBy(known);
      if (rest == null) {
        throw new TensorTypeException(
            TensorTypeException.Reason.SHAPE,
            "cannot split axis "
                + at
                + " of "
                + type()
                + ": "
                + known
                + " does not divide "
                + dim(at));
      }
      result.set(unknown, rest);
    }
    result.addAll(shape().subList(at + 1, rank()));
    return reshape(result.toArray(Dim[]::new));
  }

  /**
   * Merges the axes {@code first..last} into one.
   *
   * {@snippet :
   * Tensor y = x.flatten(1, 2);   // x = [[[1, 2], [3, 4]]] gives [[1, 2, 3, 4]]
   * }
   */
  default Tensor flatten(int first, int last) {
    int from = axis(first);
    int to = axis(last);
    List<Dim> result = new ArrayList<>(shape().subList(0, from));
    result.add(shape().subList(from, to + 1).stream().reduce(Dim.ONE, Dim::times));
    result.addAll(shape().subList(to + 1, rank()));
    return reshape(result.toArray(Dim[]::new));
  }

  /**
   * Axis i of the result is axis {@code permutation[i]} of this.
   *
   * {@snippet :
   * Tensor y = x.transpose(2, 0, 1);   // x = [[[1, 2], [3, 4]]] gives [[[1, 3]], [[2, 4]]]
   * }
   */
  default Tensor transpose(int... permutation) {
    return apply(
        new Primitive.Transpose(Arrays.stream(permutation).map(this::axis).boxed().toList()));
  }

  /**
   * Exchanges two axes.
   *
   * {@snippet :
   * Tensor y = x.swapAxes(0, 1);   // x = [[1, 2, 3], [4, 5, 6]] gives [[1, 4], [2, 5], [3, 6]]
   * }
   */
  default Tensor swapAxes(int first, int second) {
    List<Integer> permutation = new ArrayList<>();
    for (int i = 0; i < rank(); i++) {
      permutation.add(i);
    }
    Collections.swap(permutation, axis(first), axis(second));
    return apply(new Primitive.Transpose(List.copyOf(permutation)));
  }

  /**
   * A new axis of extent 1 at the place; {@code -1} puts it last.
   *
   * {@snippet :
   * Tensor y = x.unsqueeze(-1);   // x = [1, 2] gives [[1], [2]]
   * }
   */
  default Tensor unsqueeze(int axis) {
    int at = axis < 0 ? axis + rank() + 1 : axis;
    if (at < 0 || at > rank()) {
      throw new TensorTypeException(
          TensorTypeException.Reason.AXIS, "axis " + axis + " cannot be added to " + type());
    }
    List<Dim> result = new ArrayList<>(shape());
    result.add(at, Dim.ONE);
    return reshape(result.toArray(Dim[]::new));
  }

  /**
   * Removes an axis of extent 1.
   *
   * {@snippet :
   * Tensor y = x.squeeze(1);   // x = [[1], [2]] gives [1, 2]
   * }
   */
  default Tensor squeeze(int axis) {
    int at = axis(axis);
    if (!dim(at).is(1)) {
      throw new TensorTypeException(
          TensorTypeException.Reason.SHAPE,
          "axis " + axis + " of " + type() + " is not of extent 1");
    }
    List<Dim> result = new ArrayList<>(shape());
    result.remove(at);
    return reshape(result.toArray(Dim[]::new));
  }

  /**
   * Repeats extents of 1, and adds leading axes, up to the shape.
   *
   * {@snippet :
   * Tensor y = x.broadcastTo(Dim.of(2), Dim.of(3));   // x = [[1], [2]] gives [[1, 1, 1], [2, 2, 2]]
   * }
   */
  default Tensor broadcastTo(Dim... shape) {
    List<Dim> target = List.of(shape);
    if (target.equals(shape())) {
      return this;
    }
    int lead = target.size() - rank();
    List<Integer> axes = new ArrayList<>();
    for (int i = 0; i < rank(); i++) {
      axes.add(i + lead);
    }
    return apply(new Primitive.Broadcast(target, List.copyOf(axes)));
  }

  /**
   * The part {@code start..stop} (exclusive) of an axis.
   *
   * {@snippet :
   * Tensor y = x.slice(0, 1, 3);   // x = [1, 2, 3, 4] gives [2, 3]
   * }
   */
  default Tensor slice(int axis, long start, long stop) {
    return slice(axis, Dim.of(start), Dim.of(stop));
  }

  /**
   * As {@link #slice(int, long, long)}, with places such as {@code x.dim(0)}.
   *
   * {@snippet :
   * Tensor first = table.slice(0, Dim.ZERO, ids.dim(0));   // table = [7, 8, 9], INT32 ids = [4, 5] gives [7, 8]
   * }
   */
  default Tensor slice(int axis, Dim start, Dim stop) {
    return slice(axis, start, stop, 1);
  }

  /**
   * Every {@code step}-th of the part {@code start..stop} of an axis.
   *
   * {@snippet :
   * Tensor even = x.slice(0, Dim.ZERO, x.dim(0), 2);   // x = [1, 2, 3, 4, 5] gives [1, 3, 5]
   * }
   */
  default Tensor slice(int axis, Dim start, Dim stop, int step) {
    return apply(new Primitive.Slice(axis(axis), start, stop, step));
  }

  /**
   * The one element of an axis, which is removed.
   *
   * {@snippet :
   * Tensor first = x.select(1, 0);   // x = [[1, 2], [3, 4]] gives [1, 3]
   * }
   */
  default Tensor select(int axis, long index) {
    int at = axis(axis);
    return slice(at, index, index + 1).squeeze(at);
  }

  /**
   * {@code value} before and after along an axis.
   *
   * {@snippet :
   * Tensor y = x.pad(0, 1, 2, 0f);   // x = [1, 2] gives [0, 1, 2, 0, 0]
   * }
   */
  default Tensor pad(int axis, long before, long after, float value) {
    return apply(new Primitive.Pad(axis(axis), Dim.of(before), Dim.of(after), value));
  }

  /**
   * Sliding windows along an axis, as a new last axis: see {@link Primitive.Window}.
   *
   * {@snippet :
   * Tensor y = x.window(0, 3, 2);   // x = [1, 2, 3, 4, 5] gives [[1, 2, 3], [3, 4, 5]]
   * }
   */
  default Tensor window(int axis, int size, int stride) {
    return apply(new Primitive.Window(axis(axis), size, stride, 1));
  }

  /**
   * Rows of this table by index along an axis: see {@link Primitive.Gather}.
   *
   * {@snippet :
   * Tensor rows = table.gather(0, ids);   // table = [[1, 2], [3, 4]], INT32 ids = [1, 1, 0] gives [[3, 4], [3, 4], [1, 2]]
   * }
   */
  default Tensor gather(int axis, Tensor indices) {
    return evaluator().apply(new Primitive.Gather(axis(axis)), this, indices);
  }

  // What the operations above are made of.

  /** A scalar of this tensor's element type. */
  private Tensor scalar(double value) {
    return evaluator().apply(new Primitive.Constant(value, dtype()));
  }

  private int axis(int axis) {
    int fromStart = axis < 0 ? axis + rank() : axis;
    if (fromStart < 0 || fromStart >= rank()) {
      throw new TensorTypeException(
          TensorTypeException.Reason.AXIS,
          "axis " + axis + " does not exist: " + type() + " has rank " + rank());
    }
    return fromStart;
  }

  private Tensor apply(Primitive primitive) {
    return evaluator().apply(primitive, this);
  }

  private Tensor unary(UnaryKind kind) {
    return apply(new Primitive.Unary(kind));
  }

  private Tensor reduce(ReduceKind kind, int axis) {
    return apply(new Primitive.Reduce(kind, axis(axis)));
  }

  private Tensor binary(BinaryKind kind, Tensor other) {
    List<Tensor> same = Operators.broadcast(this, other);
    return evaluator().apply(new Primitive.Binary(kind), same);
  }

  private Tensor compare(CompareKind kind, Tensor other) {
    List<Tensor> same = Operators.broadcast(this, other);
    return evaluator().apply(new Primitive.Compare(kind), same);
  }
}
