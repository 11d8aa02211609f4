package dev.tilewright.op;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.op.TensorTypeException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The shape and element-type rule of each primitive, over symbolic extents: those of elementwise
 * primitives and reductions stand here, others in {@link ProductRule} and {@link ViewRules}.
 */
final class TypeRules {
  private TypeRules() {}

  static TensorType infer(Primitive primitive, List<TensorType> in) {
    return switch (primitive) {
      case Primitive.Constant constant -> {
        operands(primitive, in, 0);
        Requirements.value(constant.value(), constant.dtype());
        yield new TensorType(constant.dtype(), List.of());
      }
      case Primitive.Extent _ -> {
        operands(primitive, in, 0);
        yield new TensorType(DType.INT32, List.of());
      }
      case Primitive.Iota iota -> {
        operands(primitive, in, 0);
        Requirements.axis(iota.axis(), iota.shape().size());
        yield new TensorType(DType.INT32, iota.shape());
      }
      case Primitive.Unary unary -> unary(unary.kind(), operands(primitive, in, 1).getFirst());
      case Primitive.Binary binary -> binary(binary.kind(), operands(primitive, in, 2));
      case Primitive.Compare _ -> compare(operands(primitive, in, 2));
      case Primitive.Select _ -> select(operands(primitive, in, 3));
      case Primitive.Cast cast -> operands(primitive, in, 1).getFirst().withDType(cast.dtype());
      case Primitive.Reduce reduce -> reduce(reduce, operands(primitive, in, 1).getFirst());
      case Primitive.Contract contract -> ProductRule.infer(contract, operands(primitive, in, 2));
      case Primitive.Blocks blocks -> blocks(blocks.part(), operands(primitive, in, 1).getFirst());
      case Primitive.Reshape reshape ->
          ViewRules.reshape(reshape.shape(), operands(primitive, in, 1).getFirst());
      case Primitive.Transpose transpose ->
          ViewRules.transpose(transpose.permutation(), operands(primitive, in, 1).getFirst());
      case Primitive.Broadcast broadcast ->
          ViewRules.broadcast(broadcast, operands(primitive, in, 1).getFirst());
      case Primitive.Slice slice -> ViewRules.slice(slice, operands(primitive, in, 1).getFirst());
      case Primitive.Concat concat -> ViewRules.concat(concat.axis(), in);
      case Primitive.Pad pad -> ViewRules.pad(pad, operands(primitive, in, 1).getFirst());
      case Primitive.Window window ->
          ViewRules.window(window, operands(primitive, in, 1).getFirst());
      case Primitive.Gather gather -> ViewRules.gather(gather.axis(), operands(primitive, in, 2));
      case Primitive.Append append -> ViewRules.append(append.axis(), operands(primitive, in, 2));
    };
  }

  private static TensorType unary(Primitive.UnaryKind kind, TensorType x) {
    boolean fits =
        switch (kind) {
          case NOT -> x.dtype() == DType.BOOL;
          case NEG, ABS -> x.dtype() == DType.FLOAT32 || x.dtype() == DType.INT32;
          case EXP, LOG, SQRT, RSQRT, TANH, SIN, COS, ERF, COARSE_EXP, COARSE_ERF, FLOOR, ROUND ->
              x.dtype() == DType.FLOAT32;
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
    Requirements.axis(reduce.axis(), x.rank());
    if (x.dtype() == DType.BOOL || x.dtype().isNarrow()) {
      throw new TensorTypeException(
          Reason.DTYPE,
          name(reduce.kind()) + " is not defined for " + x + "; cast it to int32 or float32 first");
    }
    List<Dim> shape = new ArrayList<>(x.shape());
    shape.remove(reduce.axis());
    return x.withShape(shape);
  }

  private static TensorType blocks(Primitive.BlockPart part, TensorType x) {
    if (x.dtype() != DType.FLOAT32 || x.rank() == 0 || !x.dim(x.rank() - 1).isKnown()) {
      throw new TensorTypeException(
          Reason.DTYPE, "blocks are made of f32 along a last axis of known extent, not of " + x);
    }
    List<Dim> shape = new ArrayList<>(x.shape());
    int size = Primitive.Blocks.SIZE;
    shape.set(x.rank() - 1, Dim.of(Math.ceilDiv(shape.getLast().value(), size)));
    if (part == Primitive.BlockPart.QUANT) {
      shape.add(Dim.of(size));
      return new TensorType(DType.UINT8, shape);
    }
    return x.withShape(shape);
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
