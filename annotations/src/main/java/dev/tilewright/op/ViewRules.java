package dev.tilewright.op;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.op.TensorTypeException.Reason;
import java.util.ArrayList;
import java.util.List;

/** The rules of views and of indexed access. */
final class ViewRules {
  private ViewRules() {}

  static TensorType reshape(List<Dim> shape, TensorType x) {
    TensorType result = x.withShape(shape);
    if (!result.elements().equals(x.elements())) {
      throw new TensorTypeException(
          Reason.SHAPE,
          "cannot reshape "
              + x
              + " ("
              + x.elements()
              + " elements) to "
              + result.shapeText()
              + " ("
              + result.elements()
              + " elements)");
    }
    return result;
  }

  static TensorType transpose(List<Integer> permutation, TensorType x) {
    List<Integer> sorted = permutation.stream().sorted().toList();
    for (int i = 0; i < sorted.size(); i++) {
      if (sorted.get(i) != i || sorted.size() != x.rank()) {
        throw new TensorTypeException(
            Reason.AXIS, permutation + " is no permutation of the " + x.rank() + " axes of " + x);
      }
    }
    if (permutation.size() != x.rank()) {
      throw new TensorTypeException(
          Reason.AXIS, permutation + " is no permutation of the " + x.rank() + " axes of " + x);
    }
    return x.withShape(permutation.stream().map(x::dim).toList());
  }

  static TensorType broadcast(Primitive.Broadcast broadcast, TensorType x) {
    boolean fits = broadcast.axes().size() == x.rank();
    int last = -1;
    for (int i = 0; fits && i < x.rank(); i++) {
      int axis = broadcast.axes().get(i);
      fits =
          axis > last
              && axis < broadcast.shape().size()
              && (x.dim(i).is(1) || x.dim(i).equals(broadcast.shape().get(axis)));
      last = axis;
    }
    if (!fits) {
      throw new TensorTypeException(
          Reason.SHAPE,
          x
              + " cannot be repeated to "
              + x.withShape(broadcast.shape()).shapeText()
              + ": from the right, each extent must be equal or 1");
    }
    return x.withShape(broadcast.shape());
  }

  static TensorType slice(Primitive.Slice slice, TensorType x) {
    Requirements.axis(slice.axis(), x.rank());
    Dim size = slice.stop().minus(slice.start());
    boolean backwards = size.isKnown() && size.value() < 0;
    boolean below = slice.start().isKnown() && slice.start().value() < 0;
    Dim gap = x.dim(slice.axis()).minus(slice.stop());
    if (slice.step() < 1 || backwards || below || (gap.isKnown() && gap.value() < 0)) {
      throw new TensorTypeException(
          Reason.SHAPE,
          "slice "
              + slice.start()
              + ".."
              + slice.stop()
              + " step "
              + slice.step()
              + " does not lie in axis "
              + slice.axis()
              + " of "
              + x);
    }
    List<Dim> shape = new ArrayList<>(x.shape());
    shape.set(slice.axis(), size.ceilDividedBy(slice.step()));
    return x.withShape(shape);
  }

  static TensorType append(int axis, List<TensorType> in) {
    TensorType state = in.get(0);
    TensorType rows = in.get(1);
    Requirements.axis(axis, state.rank());
    boolean fits = state.dtype() == rows.dtype() && state.rank() == rows.rank();
    for (int i = 0; fits && i < state.rank(); i++) {
      fits = i == axis || state.dim(i).equals(rows.dim(i));
    }
    Dim before = fits ? state.dim(axis).minus(rows.dim(axis)) : Dim.ZERO;
    if (!fits || (before.isKnown() && before.value() < 0)) {
      throw new TensorTypeException(
          Reason.SHAPE, "rows " + rows + " cannot be the last of " + state + " along axis " + axis);
    }
    return state;
  }

  static TensorType concat(int axis, List<TensorType> in) {
    if (in.isEmpty()) {
      throw new TensorTypeException(Reason.SPECIFICATION, "concat takes at least one tensor");
    }
    TensorType first = in.getFirst();
    Requirements.axis(axis, first.rank());
    Dim sum = Dim.ZERO;
    for (TensorType type : in) {
      boolean fits = type.dtype() == first.dtype() && type.rank() == first.rank();
      for (int i = 0; fits && i < first.rank(); i++) {
        fits = i == axis || type.dim(i).equals(first.dim(i));
      }
      if (!fits) {
        throw new TensorTypeException(
            Reason.SHAPE,
            "concat along axis "
                + axis
                + " of "
                + first
                + " and "
                + type
                + ": the other axes differ");
      }
      sum = sum.plus(type.dim(axis));
    }
    List<Dim> shape = new ArrayList<>(first.shape());
    shape.set(axis, sum);
    return first.withShape(shape);
  }

  static TensorType pad(Primitive.Pad pad, TensorType x) {
    Requirements.axis(pad.axis(), x.rank());
    Requirements.value(pad.value(), x.dtype());
    if ((pad.low().isKnown() && pad.low().value() < 0)
        || (pad.high().isKnown() && pad.high().value() < 0)) {
      throw new TensorTypeException(
          Reason.SHAPE, "pad takes extents of at least 0, not " + pad.low() + " and " + pad.high());
    }
    List<Dim> shape = new ArrayList<>(x.shape());
    shape.set(pad.axis(), x.dim(pad.axis()).plus(pad.low()).plus(pad.high()));
    return x.withShape(shape);
  }

  static TensorType window(Primitive.Window window, TensorType x) {
    Requirements.axis(window.axis(), x.rank());
    Dim slack = x.dim(window.axis()).minus((long) (window.size() - 1) * window.dilation() + 1);
    if (window.size() < 1
        || window.stride() < 1
        || window.dilation() < 1
        || (slack.isKnown() && slack.value() < 0)) {
      throw new TensorTypeException(
          Reason.SHAPE,
          "windows of "
              + window.size()
              + " with stride "
              + window.stride()
              + " do not fit axis "
              + window.axis()
              + " of "
              + x);
    }
    List<Dim> shape = new ArrayList<>(x.shape());
    shape.set(window.axis(), slack.dividedBy(window.stride()).plus(1));
    shape.add(Dim.of(window.size()));
    return x.withShape(shape);
  }

  static TensorType gather(int axis, List<TensorType> in) {
    TensorType table = in.get(0);
    TensorType indices = in.get(1);
    Requirements.axis(axis, table.rank());
    if (indices.dtype() != DType.INT32) {
      throw new TensorTypeException(Reason.DTYPE, "gather takes indices of i32, not " + indices);
    }
    List<Dim> shape = new ArrayList<>(table.shape().subList(0, axis));
    shape.addAll(indices.shape());
    shape.addAll(table.shape().subList(axis + 1, table.rank()));
    return table.withShape(shape);
  }
}
