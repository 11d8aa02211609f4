package dev.tilewright.op;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.op.TensorTypeException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** The shape and element-type rule of each primitive, over symbolic extents. */
final class TypeRules {
  private TypeRules() {}

  static TensorType infer(Primitive primitive, List<TensorType> in) {
    return switch (primitive) {
      case Primitive.Constant constant -> {
        operands(primitive, in, 0);
        value(constant.value(), constant.dtype());
        yield new TensorType(constant.dtype(), List.of());
      }
      case Primitive.Extent _ -> {
        operands(primitive, in, 0);
        yield new TensorType(DType.INT32, List.of());
      }
      case Primitive.Iota iota -> {
        operands(primitive, in, 0);
        axis(iota.axis(), iota.shape().size());
        yield new TensorType(DType.INT32, iota.shape());
      }
      case Primitive.Unary unary -> unary(unary.kind(), operands(primitive, in, 1).getFirst());
      case Primitive.Binary binary -> binary(binary.kind(), operands(primitive, in, 2));
      case Primitive.Compare _ -> compare(operands(primitive, in, 2));
      case Primitive.Select _ -> select(operands(primitive, in, 3));
      case Primitive.Cast cast -> operands(primitive, in, 1).getFirst().withDType(cast.dtype());
      case Primitive.Reduce reduce -> reduce(reduce, operands(primitive, in, 1).getFirst());
      case Primitive.Contract contract -> contract(contract, operands(primitive, in, 2));
      case Primitive.Reshape reshape ->
          reshape(reshape.shape(), operands(primitive, in, 1).getFirst());
      case Primitive.Transpose transpose ->
          transpose(transpose.permutation(), operands(primitive, in, 1).getFirst());
      case Primitive.Broadcast broadcast ->
          broadcast(broadcast, operands(primitive, in, 1).getFirst());
      case Primitive.Slice slice -> slice(slice, operands(primitive, in, 1).getFirst());
      case Primitive.Concat concat -> concat(concat.axis(), in);
      case Primitive.Pad pad -> pad(pad, operands(primitive, in, 1).getFirst());
      case Primitive.Window window -> window(window, operands(primitive, in, 1).getFirst());
      case Primitive.Gather gather -> gather(gather.axis(), operands(primitive, in, 2));
    };
  }

  private static TensorType unary(Primitive.UnaryKind kind, TensorType x) {
    boolean fits =
        switch (kind) {
          case NOT -> x.dtype() == DType.BOOL;
          case NEG, ABS -> x.dtype() == DType.FLOAT32 || x.dtype() == DType.INT32;
          case EXP, LOG, SQRT, RSQRT, TANH, ERF, FLOOR, ROUND -> x.dtype() == DType.FLOAT32;
        };
    if (!fits) {
      throw new TensorTypeException(
          Reason.DTYPE,
          name(kind) + " is not defined for " + x + "; use cast(...) to change the element type");
    }
    return x;
  }

  private static TensorType binary(Primitive.BinaryKind kind, List<TensorType> in) {
    TensorType type = same(name(kind), in);
    boolean fits =
        switch (kind) {
          case ADD, SUB, MUL, MIN, MAX ->
              type.dtype() == DType.FLOAT32 || type.dtype() == DType.INT32;
          case DIV, POW -> type.dtype() == DType.FLOAT32;
          case AND, OR -> type.dtype() == DType.BOOL;
        };
    if (!fits) {
      throw new TensorTypeException(
          Reason.DTYPE,
          name(kind)
              + " is not defined for "
              + type
              + "; use cast(...) to change the element type");
    }
    return type;
  }

  private static TensorType compare(List<TensorType> in) {
    TensorType type = same("a comparison", in);
    if (type.dtype().isNarrow()) {
      throw new TensorTypeException(
          Reason.DTYPE,
          "a comparison is not defined for " + type + "; cast it to f32 or i32 first");
    }
    return type.withDType(DType.BOOL);
  }

  private static TensorType select(List<TensorType> in) {
    if (in.get(0).dtype() != DType.BOOL) {
      throw new TensorTypeException(
          Reason.DTYPE, "where takes a condition of bool (a comparison), not " + in.get(0));
    }
    TensorType type = same("where", in.subList(1, 3));
    same("where", List.of(in.get(0), type.withDType(DType.BOOL)));
    return type;
  }

  private static TensorType reduce(Primitive.Reduce reduce, TensorType x) {
    axis(reduce.axis(), x.rank());
    if (x.dtype() == DType.BOOL || x.dtype().isNarrow()) {
      throw new TensorTypeException(
          Reason.DTYPE,
          name(reduce.kind()) + " is not defined for " + x + "; cast it to int32 or float32 first");
    }
    List<Dim> shape = new ArrayList<>(x.shape());
    shape.remove(reduce.axis());
    return x.withShape(shape);
  }

  private static TensorType contract(Primitive.Contract contract, List<TensorType> in) {
    String text = contract.left() + "," + contract.right() + "->" + contract.out();
    DType sums = sums(in.get(0), in.get(1));
    TreeMap<Character, Dim> extents = new TreeMap<>();
    for (int operand = 0; operand < 2; operand++) {
      String letters = operand == 0 ? contract.left() : contract.right();
      TensorType type = in.get(operand);
      if (letters.length() != type.rank()
          || letters.chars().distinct().count() != letters.length()) {
        throw new TensorTypeException(
            Reason.RANK,
            "the product "
                + text
                + " names "
                + letters.length()
                + " axes for "
                + type
                + ": one letter an axis, each once");
      }
      for (int axis = 0; axis < letters.length(); axis++) {
        Dim before = extents.putIfAbsent(letters.charAt(axis), type.dim(axis));
        if (before != null && !before.equals(type.dim(axis))) {
          throw new TensorTypeException(
              Reason.SHAPE,
              "a product of "
                  + in.get(0)
                  + " and "
                  + in.get(1)
                  + " does not fit: axis '"
                  + letters.charAt(axis)
                  + "' of "
                  + text
                  + " is "
                  + before
                  + " on the left and "
                  + type.dim(axis)
                  + " on the right");
        }
      }
    }
    List<Dim> shape = new ArrayList<>();
    for (char letter : contract.out().toCharArray()) {
      if (!extents.containsKey(letter)) {
        throw new TensorTypeException(
            Reason.SPECIFICATION,
            "the product " + text + " has '" + letter + "' in its result and in no operand");
      }
      shape.add(extents.get(letter));
    }
    for (char letter : (contract.left() + contract.right()).toCharArray()) {
      boolean summed = contract.out().indexOf(letter) < 0;
      boolean both = contract.left().indexOf(letter) >= 0 && contract.right().indexOf(letter) >= 0;
      if (summed && !both) {
        throw new TensorTypeException(
            Reason.SPECIFICATION,
            "the product "
                + text
                + " drops '"
                + letter
                + "', which is in one operand only; sum it before");
      }
    }
    if (contract.out().chars().distinct().count() != contract.out().length()
        || extents.keySet().stream().allMatch(letter -> contract.out().indexOf(letter) >= 0)) {
      throw new TensorTypeException(
          Reason.SPECIFICATION,
          "the product " + text + " must sum over a letter and name each of its result once");
    }
    return new TensorType(sums, shape);
  }

  /** The type that products of two element types are summed in. */
  private static DType sums(TensorType left, TensorType right) {
    DType a = left.dtype();
    DType b = right.dtype();
    if (a == b && (a == DType.FLOAT32 || a == DType.BFLOAT16)) {
      return DType.FLOAT32;
    }
    if ((a == DType.UINT8 && b == DType.INT8) || (a == DType.INT8 && b == DType.UINT8)) {
      return DType.INT32;
    }
    throw new TensorTypeException(
        Reason.DTYPE,
        "a product takes f32 and f32, bf16 and bf16, or u8 and i8, not "
            + left
            + " and "
            + right
            + "; use cast(...) to change an element type");
  }

  private static TensorType reshape(List<Dim> shape, TensorType x) {
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

  private static TensorType transpose(List<Integer> permutation, TensorType x) {
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

  private static TensorType broadcast(Primitive.Broadcast broadcast, TensorType x) {
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

  private static TensorType slice(Primitive.Slice slice, TensorType x) {
    axis(slice.axis(), x.rank());
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

  private static TensorType concat(int axis, List<TensorType> in) {
    if (in.isEmpty()) {
      throw new TensorTypeException(Reason.SPECIFICATION, "concat takes at least one tensor");
    }
    TensorType first = in.getFirst();
    axis(axis, first.rank());
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

  private static TensorType pad(Primitive.Pad pad, TensorType x) {
    axis(pad.axis(), x.rank());
    value(pad.value(), x.dtype());
    if ((pad.low().isKnown() && pad.low().value() < 0)
        || (pad.high().isKnown() && pad.high().value() < 0)) {
      throw new TensorTypeException(
          Reason.SHAPE, "pad takes extents of at least 0, not " + pad.low() + " and " + pad.high());
    }
    List<Dim> shape = new ArrayList<>(x.shape());
    shape.set(pad.axis(), x.dim(pad.axis()).plus(pad.low()).plus(pad.high()));
    return x.withShape(shape);
  }

  private static TensorType window(Primitive.Window window, TensorType x) {
    axis(window.axis(), x.rank());
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

  private static TensorType gather(int axis, List<TensorType> in) {
    TensorType table = in.get(0);
    TensorType indices = in.get(1);
    axis(axis, table.rank());
    if (indices.dtype() != DType.INT32) {
      throw new TensorTypeException(Reason.DTYPE, "gather takes indices of i32, not " + indices);
    }
    List<Dim> shape = new ArrayList<>(table.shape().subList(0, axis));
    shape.addAll(indices.shape());
    shape.addAll(table.shape().subList(axis + 1, table.rank()));
    return table.withShape(shape);
  }

  private static void value(double value, DType dtype) {
    boolean fits =
        switch (dtype) {
          case FLOAT32 -> true;
          case BFLOAT16 -> Double.isNaN(value) || value == dtype.of(value);
          case INT32, INT8, UINT8, BOOL -> value == dtype.of(value);
        };
    if (!fits) {
      throw new TensorTypeException(
          Reason.DTYPE,
          value
              + " is no value of "
              + dtype
              + "; cast the tensor to f32 first, or take another number");
    }
  }

  private static TensorType same(String what, List<TensorType> in) {
    TensorType left = in.get(0);
    TensorType right = in.get(1);
    if (left.dtype() != right.dtype()) {
      throw new TensorTypeException(
          Reason.DTYPE,
          what + " takes operands of one element type, not " + left + " and " + right);
    }
    if (!left.shape().equals(right.shape())) {
      throw new TensorTypeException(
          Reason.SHAPE, what + " of " + left + " and " + right + ": the shapes differ");
    }
    return left;
  }

  private static void axis(int axis, int rank) {
    if (axis < 0 || axis >= rank) {
      throw new TensorTypeException(
          Reason.AXIS,
          "axis "
              + axis
              + " does not exist: the tensor has "
              + rank
              + (rank == 1 ? " axis" : " axes, counted from 0"));
    }
  }

  private static List<TensorType> operands(Primitive primitive, List<TensorType> in, int count) {
    if (in.size() != count) {
      throw new TensorTypeException(
          Reason.SPECIFICATION,
          primitive.getClass().getSimpleName() + " takes " + count + " operands, not " + in.size());
    }
    return in;
  }

  private static String name(Enum<?> kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
