package dev.tilewright.codegen.fuse;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Space;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.Primitive.BinaryKind;
import dev.tilewright.op.Primitive.CompareKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes one element of a node as a formula over the axes of a space, by substituting indices:
 * {@code transpose(a + b)[i, j]} is {@code a[j, i] + b[j, i]}. What the scope knows is taken from
 * there, everything else is computed in place.
 */
final class Inliner {
  /** What is not computed in place: elements of buffers and results of the region's reductions. */
  @FunctionalInterface
  interface Scope {
    /** The element, or null if it is to be computed from the node's operands. */
    Element known(Node node, List<Affine> index);
  }

  private record Key(Node node, List<Affine> index) {}

  private final Space space;
  private final Map<Node, Integer> sites;
  private final Scope scope;
  private final Map<Key, Element> done = new HashMap<>();
  private final Set<Node> missing = new LinkedHashSet<>();

  /**
   * @param sites the numbers of the function's indexed accesses
   */
  Inliner(Space space, Map<Node, Integer> sites, Scope scope) {
    this.space = space;
    this.sites = sites;
    this.scope = scope;
  }

  /** Nodes that were asked for as parts of an index and so must be in buffers. */
  Set<Node> missing() {
    return missing;
  }

  Element element(Node node, List<Affine> index) {
    Key key = new Key(node, List.copyOf(index));
    Element before = done.get(key);
    if (before != null) {
      return before;
    }
    Element element = scope.known(node, index);
    if (element == null) {
      element = compute(node, index);
    }
    done.put(key, element);
    return element;
  }

  private Element compute(Node node, List<Affine> index) {
    return switch (Views.primitive(node)) {
      case Primitive.Constant constant -> new Element.Constant(constant.value(), constant.dtype());
      case Primitive.Extent extent -> new Element.Position(Affine.constant(extent.extent()));
      case Primitive.Iota iota -> new Element.Position(index.get(iota.axis()));
      case Primitive.Unary unary -> new Element.Unary(unary.kind(), operand(node, 0, index));
      case Primitive.Binary binary ->
          new Element.Binary(binary.kind(), operand(node, 0, index), operand(node, 1, index));
      case Primitive.Compare compare ->
          new Element.Compare(compare.kind(), operand(node, 0, index), operand(node, 1, index));
      case Primitive.Select _ ->
          new Element.Select(
              operand(node, 0, index), operand(node, 1, index), operand(node, 2, index));
      case Primitive.Cast cast -> new Element.Cast(cast.dtype(), operand(node, 0, index));
      case Primitive.Reshape _,
          Primitive.Transpose _,
          Primitive.Broadcast _,
          Primitive.Slice _,
          Primitive.Window _ ->
          operand(node, 0, Views.backward(node, index, space));
      case Primitive.Concat concat -> concat(node, concat.axis(), index);
      case Primitive.Append append -> {
        // Asked for by the step that writes the rows, and for those alone.
        Dim before = Views.before(node);
        Affine row = index.get(append.axis()).plus(before.times(-1));
        yield operand(node, 1, with(index, append.axis(), row));
      }
      case Primitive.Pad pad -> pad(node, pad, index);
      case Primitive.Gather gather -> gather(node, gather.axis(), index);
      case Primitive.Reduce _, Primitive.Contract _, Primitive.Blocks _ ->
          throw new IllegalStateException(
              node + " is computed by a kernel of its own and has no buffer");
      case null -> throw new IllegalStateException(node + " has no buffer");
    };
  }

  private Element operand(Node node, int operand, List<Affine> index) {
    return element(node.operand(operand), index);
  }

  private Element concat(Node node, int axis, List<Affine> index) {
    Affine at = index.get(axis);
    List<Dim> starts = new ArrayList<>(List.of(Dim.ZERO));
    node.operands().forEach(part -> starts.add(starts.getLast().plus(part.type().dim(axis))));
    Element result = null;
    for (int i = node.operands().size() - 1; i >= 0; i--) {
      Dim extent = node.operand(i).type().dim(axis);
      if (extent.is(0) || space.isAtLeast(at, starts.get(i + 1))) {
        continue;
      }
      Element part =
          operand(node, i, with(index, axis, clamp(at.plus(starts.get(i).times(-1)), extent)));
      boolean certain = result == null || space.isBelow(at, starts.get(i + 1));
      result = certain ? part : new Element.Select(below(at, starts.get(i + 1)), part, result);
    }
    return result;
  }

  private Element pad(Node node, Primitive.Pad pad, List<Affine> index) {
    Affine at = index.get(pad.axis());
    Dim extent = node.operand(0).type().dim(pad.axis());
    Dim end = pad.low().plus(extent);
    Element inside =
        operand(node, 0, with(index, pad.axis(), clamp(at.plus(pad.low().times(-1)), extent)));
    Element outside = new Element.Constant(pad.value(), node.type().dtype());
    if (!space.isBelow(at, end)) {
      inside = new Element.Select(below(at, end), inside, outside);
    }
    return space.isAtLeast(at, pad.low())
        ? inside
        : new Element.Select(below(at, pad.low()), outside, inside);
  }

  private Element gather(Node node, int axis, List<Affine> index) {
    Node table = node.operand(0);
    Node indices = node.operand(1);
    int rank = indices.type().rank();
    Affine.Term.Lookup lookup;
    Dim bound = table.type().dim(axis);
    if (operand(node, 1, index.subList(axis, axis + rank)) instanceof Element.Read read) {
      lookup = new Affine.Term.Lookup(read.buffer(), read.offset(), bound, sites.get(node));
    } else {
      missing.add(Views.base(indices));
      lookup = new Affine.Term.Lookup("?", Affine.ZERO, bound, sites.get(node));
    }
    List<Affine> inner = new ArrayList<>(index.subList(0, axis));
    inner.add(Affine.of(lookup));
    inner.addAll(index.subList(axis + rank, index.size()));
    return element(table, inner);
  }

  private Affine clamp(Affine value, Dim extent) {
    boolean inside = space.isAtLeast(value, Dim.ZERO) && space.isBelow(value, extent);
    return inside ? value : Affine.of(new Affine.Term.Clamp(value, extent));
  }

  private static Element below(Affine at, Dim bound) {
    return new Element.Compare(
        CompareKind.LT, new Element.Position(at), new Element.Position(Affine.constant(bound)));
  }

  static List<Affine> with(List<Affine> index, int axis, Affine value) {
    List<Affine> result = new ArrayList<>(index);
    result.set(axis, value);
    return result;
  }

  static Element times(Element left, Element right) {
    return new Element.Binary(BinaryKind.MUL, left, right);
  }

  static Element read(String buffer, DType dtype, List<Affine> index, List<Dim> shape) {
    return new Element.Read(buffer, dtype, Space.offset(index, shape));
  }
}
