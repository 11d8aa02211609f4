package dev.tilewright.codegen.fuse;

import dev.tilewright.Dim;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.graph.Op;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Space;
import dev.tilewright.op.Primitive;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Views as index maps, in both directions. */
final class Views {
  private Views() {}

  /** The node's primitive; null if it has none. */
  static Primitive primitive(Node node) {
    return node.op() instanceof Op.Apply apply ? apply.primitive() : null;
  }

  /**
   * Whether each element is an element of the only operand, at an index that affine arithmetic
   * gives.
   */
  static boolean isView(Node node) {
    return switch (primitive(node)) {
      case Primitive.Reshape _,
          Primitive.Transpose _,
          Primitive.Broadcast _,
          Primitive.Slice _,
          Primitive.Window _ ->
          true;
      case null, default -> false;
    };
  }

  /** Whether it is a view that shows each element of its operand exactly once. */
  static boolean isRearrangement(Node node) {
    return switch (primitive(node)) {
      case Primitive.Reshape _, Primitive.Transpose _ -> true;
      case null, default -> false;
    };
  }

  /** Whether it writes rows into the memory of a session, where its users find them and others. */
  static boolean isAppend(Node node) {
    return primitive(node) instanceof Primitive.Append;
  }

  /** Where the rows of an append begin. */
  static Dim before(Node append) {
    int axis = ((Primitive.Append) primitive(append)).axis();
    return append.type().dim(axis).minus(append.operand(1).type().dim(axis));
  }

  static boolean isElementwise(Node node) {
    return switch (primitive(node)) {
      case Primitive.Unary _,
          Primitive.Binary _,
          Primitive.Compare _,
          Primitive.Select _,
          Primitive.Cast _ ->
          true;
      case null, default -> false;
    };
  }

  static Node skipReshapes(Node node) {
    Node base = node;
    while (primitive(base) instanceof Primitive.Reshape) {
      base = base.operand(0);
    }
    return base;
  }

  /** What the node shows if it is a view, or a view of a view: the first node that is none. */
  static Node base(Node node) {
    Node base = node;
    while (isView(base)) {
      base = base.operand(0);
    }
    return base;
  }

  /** The index of the operand's element that a view shows at an index. */
  static List<Affine> backward(Node view, List<Affine> index, Space space) {
    List<Dim> inner = view.operand(0).type().shape();
    return switch (primitive(view)) {
      case Primitive.Reshape reshape -> space.index(Space.offset(index, reshape.shape()), inner);
      case Primitive.Transpose transpose -> {
        List<Affine> result = new ArrayList<>(Collections.nCopies(inner.size(), Affine.ZERO));
        for (int i = 0; i < index.size(); i++) {
          result.set(transpose.permutation().get(i), index.get(i));
        }
        yield result;
      }
      case Primitive.Broadcast broadcast -> {
        List<Affine> result = new ArrayList<>();
        for (int i = 0; i < inner.size(); i++) {
          result.add(inner.get(i).is(1) ? Affine.ZERO : index.get(broadcast.axes().get(i)));
        }
        yield result;
      }
      case Primitive.Slice slice -> {
        List<Affine> result = new ArrayList<>(index);
        result.set(
            slice.axis(), index.get(slice.axis()).times(Dim.of(slice.step())).plus(slice.start()));
        yield result;
      }
      case Primitive.Window window -> {
        List<Affine> result = new ArrayList<>(index.subList(0, inner.size()));
        Affine first = index.get(window.axis()).times(Dim.of(window.stride()));
        Affine inside = index.getLast().times(Dim.of(window.dilation()));
        result.set(window.axis(), first.plus(inside));
        yield result;
      }
      case null, default -> throw new IllegalArgumentException(view + " is no view");
    };
  }

  /**
   * The index at which a view shows the element that its operand has at an index; null if it shows
   * it never or several times, unless the only new axis is of the row's extent and the index does
   * not have the row yet.
   *
   * @param row the axis that a row reduction runs along; null for none
   */
  static List<Affine> forward(Node view, List<Affine> index, Space space, String row) {
    List<Dim> inner = view.operand(0).type().shape();
    return switch (primitive(view)) {
      case Primitive.Reshape reshape -> space.index(Space.offset(index, inner), reshape.shape());
      case Primitive.Transpose transpose ->
          transpose.permutation().stream().map(index::get).toList();
      case Primitive.Append append -> {
        List<Affine> result = new ArrayList<>(index);
        result.set(append.axis(), index.get(append.axis()).plus(before(view)));
        yield result;
      }
      case Primitive.Broadcast broadcast -> {
        List<Affine> result = new ArrayList<>();
        boolean free = row != null && index.stream().noneMatch(value -> value.axes().contains(row));
        for (int axis = 0; axis < broadcast.shape().size(); axis++) {
          Dim extent = broadcast.shape().get(axis);
          int from = broadcast.axes().indexOf(axis);
          if (from >= 0 && inner.get(from).equals(extent)) {
            result.add(index.get(from));
          } else if (extent.is(1)) {
            result.add(Affine.ZERO);
          } else if (free && extent.equals(space.axis(row).extent())) {
            result.add(Affine.axis(space.axis(row)));
            free = false;
          } else {
            yield null;
          }
        }
        yield result;
      }
      case null, default -> null;
    };
  }
}
