package dev.tilewright.codegen.fuse;

import dev.tilewright.Dim;
import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What symbols must satisfy so that all views lie inside what they show. */
final class Limits {
  private record Bound(Dim left, Dim right) {}

  private final Set<Bound> known = new LinkedHashSet<>();
  private final List<RegionFunction.Limit> limits = new ArrayList<>();

  private Limits() {}

  static List<RegionFunction.Limit> of(Function function) {
    Limits limits = new Limits();
    for (Node node : function.nodes()) {
      limits.add(node);
    }
    return limits.limits;
  }

  private void add(Node node) {
    switch (Views.primitive(node)) {
      case Primitive.Slice slice -> {
        TensorType type = node.operand(0).type();
        demand(slice.stop(), type.dim(slice.axis()), node);
        demand(slice.start(), slice.stop(), node);
        demand(Dim.ZERO, slice.start(), node);
      }
      case Primitive.Window window -> {
        Dim span = Dim.of((long) (window.size() - 1) * window.dilation() + 1);
        demand(span, node.operand(0).type().dim(window.axis()), node);
      }
      case Primitive.Pad pad -> {
        demand(Dim.ZERO, pad.low(), node);
        demand(Dim.ZERO, pad.high(), node);
      }
      case null, default -> {}
    }
  }

  private void demand(Dim left, Dim right, Node node) {
    if (!left.isProvablyAtMost(right) && known.add(new Bound(left, right))) {
      limits.add(new RegionFunction.Limit(left, right, node.origin()));
    }
  }
}
