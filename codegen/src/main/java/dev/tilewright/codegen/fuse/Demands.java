package dev.tilewright.codegen.fuse;

import dev.tilewright.DType;
import dev.tilewright.codegen.fuse.RegionFunction.Demand;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.graph.Origin;
import dev.tilewright.op.Primitive;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What {@link dev.tilewright.On} says about a step: the demands for what it computes itself. Views,
 * roundings and indices are no work of their own and follow what uses them.
 */
final class Demands {
  private final Clusters clusters;

  Demands(Clusters clusters) {
    this.clusters = clusters;
  }

  List<Demand> of(Cluster cluster) {
    Set<Demand> demands = new LinkedHashSet<>();
    for (Node node : computed(cluster)) {
      Origin origin = node.origin();
      if (origin.on().isPresent() && isWork(node)) {
        boolean product = Views.primitive(node) instanceof Primitive.Contract;
        demands.add(new Demand(origin.on().get(), product, origin));
      }
    }
    return List.copyOf(demands);
  }

  /** The step's nodes, and those without a step that it needs. */
  private Collection<Node> computed(Cluster cluster) {
    Set<Node> seen = new LinkedHashSet<>(cluster.members.keySet());
    seen.addAll(cluster.interior);
    Deque<Node> open = new ArrayDeque<>(seen);
    Set<Node> own = new HashSet<>(seen);
    while (!open.isEmpty()) {
      for (Node operand : open.pop().operands()) {
        if (clusters.home(operand) == null && !clusters.isSource(operand) && own.add(operand)) {
          seen.add(operand);
          open.push(operand);
        }
      }
    }
    return seen;
  }

  private static boolean isWork(Node node) {
    return switch (Views.primitive(node)) {
      case Primitive.Unary _,
          Primitive.Binary _,
          Primitive.Select _,
          Primitive.Reduce _,
          Primitive.Contract _,
          Primitive.Gather _ ->
          isFloat(node);
      case null, default -> false;
    };
  }

  private static boolean isFloat(Node node) {
    return node.type().dtype() == DType.FLOAT32 || node.type().dtype() == DType.BFLOAT16;
  }
}
