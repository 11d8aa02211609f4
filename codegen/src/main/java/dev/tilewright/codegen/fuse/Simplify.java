package dev.tilewright.codegen.fuse;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.GraphBuilder;
import dev.tilewright.codegen.graph.GraphBuilder.Symbol;
import dev.tilewright.codegen.graph.GraphRewriter;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.Primitive.BinaryKind;
import dev.tilewright.op.Primitive.UnaryKind;
import java.util.ArrayList;
import java.util.List;

/**
 * Rewrites that keep every bit: constants are computed, views of views become one, operations that
 * do nothing go, casts to narrow types go before views.
 *
 * <p>Among the latter are {@code x*1}, {@code x/1}, {@code x - 0} and {@code x + -0}, but not
 * {@code x + 0}, which takes -0 to 0, nor {@code x*0}, which is NaN for NaN and infinities. A
 * division by a power of two becomes the product with its inverse.
 */
final class Simplify {
  private Simplify() {}

  static Function run(Function function) {
    return GraphRewriter.rewrite(function, Simplify::rewrite);
  }

  private static Symbol rewrite(
      Node node, Primitive primitive, List<Symbol> in, GraphBuilder builder) {
    if (Views.isElementwise(node)) {
      Double folded = Constants.fold(primitive, in.stream().map(Symbol::node).toList());
      if (folded != null) {
        return constant(folded, node.type().dtype(), node.type().shape(), builder);
      }
    }
    return switch (primitive) {
      case Primitive.Extent extent ->
          extent.extent().isKnown()
              ? constant((double) extent.extent().value(), DType.INT32, List.of(), builder)
              : null;
      case Primitive.Unary unary -> unary(unary.kind(), in.getFirst());
      case Primitive.Binary binary -> binary(binary.kind(), in, builder);
      case Primitive.Select _ -> {
        Double condition = Constants.value(in.getFirst().node());
        yield condition != null
            ? in.get(condition != 0 ? 1 : 2)
            : in.get(1).equals(in.get(2)) ? in.get(1) : null;
      }
      case Primitive.Cast cast -> cast(cast, in.getFirst(), builder);
      case Primitive.Reshape reshape -> reshape(reshape.shape(), in.getFirst(), builder);
      case Primitive.Transpose transpose ->
          transpose(transpose.permutation(), in.getFirst(), builder);
      case Primitive.Broadcast broadcast -> broadcast(broadcast, in.getFirst(), builder);
      case Primitive.Slice slice -> {
        boolean all =
            slice.start().is(0)
                && slice.step() == 1
                && slice.stop().equals(in.getFirst().shape().get(slice.axis()));
        yield all ? in.getFirst() : null;
      }
      case Primitive.Concat _ -> in.size() == 1 ? in.getFirst() : null;
      case Primitive.Pad pad -> pad.low().is(0) && pad.high().is(0) ? in.getFirst() : null;
      case Primitive.Blocks blocks -> blocks(blocks, in.getFirst(), builder);
      case Primitive.Gather gather -> gather(gather.axis(), in, builder);
      case Primitive.Constant _,
          Primitive.Iota _,
          Primitive.Compare _,
          Primitive.Reduce _,
          Primitive.Contract _,
          Primitive.Append _,
          Primitive.Window _ ->
          null;
    };
  }

  /** A narrowing cast goes before views, so that what computes the operand stores it narrow. */
  private static Symbol cast(Primitive.Cast cast, Symbol x, GraphBuilder builder) {
    if (cast.dtype() == x.dtype()) {
      return x;
    }
    if (!cast.dtype().isNarrow() || !Views.isView(x.node())) {
      return null;
    }
    Symbol narrow = new Symbol(Views.base(x.node()), builder);
    List<Primitive> views = new ArrayList<>();
    for (Node node = x.node(); Views.isView(node); node = node.operand(0)) {
      views.addFirst(Views.primitive(node));
    }
    Symbol result = builder.apply(cast, List.of(narrow));
    for (Primitive view : views) {
      result = builder.apply(view, List.of(result));
    }
    return result;
  }

  /** Blocks of matrices one below the other are those of each. */
  private static Symbol blocks(Primitive.Blocks blocks, Symbol x, GraphBuilder builder) {
    if (!(Views.primitive(x.node()) instanceof Primitive.Concat(int axis))
        || axis == x.shape().size() - 1) {
      return null;
    }
    List<Tensor> parts = new ArrayList<>();
    for (Node part : x.node().operands()) {
      parts.add(builder.apply(blocks, List.of(new Symbol(part, builder))));
    }
    return builder.apply(new Primitive.Concat(axis), parts);
  }

  private static Symbol unary(UnaryKind kind, Symbol x) {
    boolean own =
        Views.primitive(x.node()) instanceof Primitive.Unary inner && inner.kind() == kind;
    return own && (kind == UnaryKind.NEG || kind == UnaryKind.NOT)
        ? new Symbol(x.node().operand(0), x.builder())
        : own && kind == UnaryKind.ABS ? x : null;
  }

  private static Symbol binary(BinaryKind kind, List<Symbol> in, GraphBuilder builder) {
    Symbol x = in.get(0);
    Symbol y = in.get(1);
    Double left = Constants.value(x.node());
    Double right = Constants.value(y.node());
    boolean whole = x.dtype() == DType.INT32;
    return switch (kind) {
      case MUL -> is(right, 1) ? x : is(left, 1) ? y : null;
      case DIV -> {
        if (is(right, 1)) {
          yield x;
        }
        boolean exact = right != null && Constants.hasExactInverse(right.floatValue());
        yield exact
            ? builder.apply(
                new Primitive.Binary(BinaryKind.MUL),
                List.of(x, constant(1 / right, x.dtype(), x.shape(), builder)))
            : null;
      }
      case ADD ->
          is(right, -0.0) || (whole && is(right, 0))
              ? x
              : is(left, -0.0) || (whole && is(left, 0)) ? y : null;
      case SUB -> is(right, 0.0) ? x : null;
      case POW ->
          is(right, 1)
              ? x
              : is(right, 2)
                  ? builder.apply(new Primitive.Binary(BinaryKind.MUL), List.of(x, x))
                  : null;
      case MIN, MAX, AND, OR -> x.equals(y) ? x : null;
    };
  }

  /** Whether the value is that one, bit for bit. */
  private static boolean is(Double value, double number) {
    return value != null && Double.compare(value, number) == 0;
  }

  private static Symbol reshape(List<Dim> shape, Symbol x, GraphBuilder builder) {
    Double value = Constants.value(x.node());
    if (value != null) {
      return constant(value, x.dtype(), shape, builder);
    }
    Node base = Views.skipReshapes(x.node());
    Symbol whole = new Symbol(base, builder);
    if (base.type().shape().equals(shape)) {
      return whole;
    }
    return base == x.node() ? null : builder.apply(new Primitive.Reshape(shape), List.of(whole));
  }

  private static Symbol transpose(List<Integer> permutation, Symbol x, GraphBuilder builder) {
    Double value = Constants.value(x.node());
    if (value != null) {
      return constant(value, x.dtype(), permutation.stream().map(x.shape()::get).toList(), builder);
    }
    if (isAscending(permutation)) {
      return x;
    }
    if (Views.primitive(x.node()) instanceof Primitive.Transpose inner) {
      List<Integer> both = permutation.stream().map(inner.permutation()::get).toList();
      Symbol base = new Symbol(x.node().operand(0), builder);
      return isAscending(both) ? base : builder.apply(new Primitive.Transpose(both), List.of(base));
    }
    return null;
  }

  private static boolean isAscending(List<Integer> permutation) {
    for (int i = 0; i < permutation.size(); i++) {
      if (permutation.get(i) != i) {
        return false;
      }
    }
    return true;
  }

  private static Symbol broadcast(Primitive.Broadcast broadcast, Symbol x, GraphBuilder builder) {
    if (broadcast.shape().equals(x.shape())) {
      return x;
    }
    if (Views.primitive(x.node()) instanceof Primitive.Broadcast inner) {
      List<Integer> axes = inner.axes().stream().map(broadcast.axes()::get).toList();
      return builder.apply(
          new Primitive.Broadcast(broadcast.shape(), axes),
          List.of(new Symbol(x.node().operand(0), builder)));
    }
    return null;
  }

  /**
   * Rows by their own positions are the table's first rows: {@code table.gather(0, iota(n))} is
   * {@code table[0..n]}.
   */
  private static Symbol gather(int axis, List<Symbol> in, GraphBuilder builder) {
    if (!(Views.primitive(in.get(1).node()) instanceof Primitive.Iota iota)) {
      return null;
    }
    Symbol table = in.getFirst();
    Dim count = iota.shape().get(iota.axis());
    Dim left = table.shape().get(axis).minus(count);
    if (left.isKnown() && left.value() < 0) {
      return null;
    }
    Symbol rows =
        count.equals(table.shape().get(axis))
            ? table
            : builder.apply(new Primitive.Slice(axis, Dim.ZERO, count, 1), List.of(table));
    List<Dim> shape = new ArrayList<>(table.shape().subList(0, axis));
    shape.addAll(iota.shape());
    shape.addAll(table.shape().subList(axis + 1, table.rank()));
    List<Integer> axes = new ArrayList<>();
    for (int i = 0; i < table.rank(); i++) {
      axes.add(i < axis ? i : i == axis ? axis + iota.axis() : i + iota.shape().size() - 1);
    }
    return shape.equals(rows.shape())
        ? rows
        : builder.apply(new Primitive.Broadcast(shape, axes), List.of(rows));
  }

  private static Symbol constant(double value, DType dtype, List<Dim> shape, GraphBuilder builder) {
    Symbol scalar = builder.apply(new Primitive.Constant(value, dtype), List.of());
    return shape.isEmpty()
        ? scalar
        : builder.apply(new Primitive.Broadcast(shape, List.of()), List.of(scalar));
  }
}
