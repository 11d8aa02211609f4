package dev.tilewright.codegen.fuse;

import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.graph.Op;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.op.Primitive;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides what is held in memory between steps. In a buffer are: results and arguments of calls;
 * operands of contractions and indices; what several steps use, unless computing it again is cheap;
 * what a broadcast would compute too often. Everything else is computed where it is used.
 */
final class Placement {
  private final Clusters clusters;

  Placement(Clusters clusters) {
    this.clusters = clusters;
  }

  /** Says what must be in buffers whatever the cost. */
  void require() {
    clusters.function.results().forEach(result -> clusters.require(Views.skipReshapes(result)));
    for (Node node : clusters.function.nodes()) {
      if (node.op() instanceof Op.Call) {
        node.operands().forEach(operand -> clusters.require(Views.skipReshapes(operand)));
      }
      Cluster home = clusters.home(node);
      boolean streamed = home != null && home.kind == Cluster.Kind.STREAM;
      if (Views.primitive(node) instanceof Primitive.Contract && !clusters.isSource(node)) {
        for (int i = 0; i < 2; i++) {
          boolean inside = streamed && home.anchor == node && home.weightOperand == i;
          if (!inside && clusters.weight(node.operand(i)) == null) {
            clusters.require(Views.base(node.operand(i)));
          }
        }
      }
    }
  }

  /**
   * Takes back nodes that joined a step in vain: what they are computed from is stored all the
   * same, and their only user can compute them itself.
   */
  void evict() {
    for (Cluster cluster : List.copyOf(clusters.all)) {
      for (Node node : new ArrayList<>(cluster.members.keySet()).reversed()) {
        if (cluster.members.containsKey(node)
            && Views.isElementwise(node)
            && !clusters.isRequired(node)) {
          Set<Node> cone = cone(node, cluster);
          Set<Cluster> users = clusters.consumers(node);
          if (cone != null && !users.contains(cluster) && users.size() == 1 && !repeats(node)) {
            cone.forEach(clusters::leave);
          }
        }
      }
    }
  }

  /**
   * The nodes of the step that only this one needs, itself included; null if it needs others that
   * are not stored.
   */
  private Set<Node> cone(Node node, Cluster cluster) {
    Set<Node> cone = new LinkedHashSet<>(List.of(node));
    List<Node> open = new ArrayList<>(cone);
    while (!open.isEmpty()) {
      for (Node operand : open.removeLast().operands()) {
        Node base = Views.base(operand);
        if (clusters.home(base) != cluster || cone.contains(base)) {
          continue;
        }
        boolean stored =
            clusters.isRequired(base)
                || clusters.consumers(base).stream().anyMatch(c -> c != cluster)
                || isOneOfRow(base, node, cluster);
        if (stored) {
          continue;
        }
        if (!Views.isElementwise(base) || !cone.containsAll(usersOf(base))) {
          return null;
        }
        cone.add(base);
        open.add(base);
      }
    }
    return cone;
  }

  /** Whether a row has one element of the first and many of the other, so that it is stored. */
  private static boolean isOneOfRow(Node base, Node node, Cluster cluster) {
    return cluster.kind == Cluster.Kind.ROW
        && cluster.isIndependentOfRow(cluster.members.get(base))
        && !cluster.isIndependentOfRow(cluster.members.get(node));
  }

  private Set<Node> usersOf(Node node) {
    Set<Node> result = new HashSet<>();
    for (Node user : clusters.users(node)) {
      if (Views.isView(user)) {
        result.addAll(usersOf(user));
      } else {
        result.add(user);
      }
    }
    return result;
  }

  /** Ends chains that are too long for one formula. */
  private void cut() {
    Map<Node, Integer> depths = new HashMap<>();
    for (Node node : clusters.function.nodes()) {
      int depth = 0;
      if (!isInBuffer(node)) {
        for (Node operand : node.operands()) {
          depth = Math.max(depth, depths.get(operand) + 1);
        }
        if (depth > Cost.DEEPEST && Views.isElementwise(node)) {
          clusters.explain("materialise", true, node, "the formula would become too long");
          clusters.require(node);
          depth = 0;
        }
      }
      depths.put(node, depth);
    }
  }

  /** Gives a step to each node that must be in a buffer and has none. */
  void place() {
    cut();
    for (Node node : new ArrayList<>(clusters.function.nodes()).reversed()) {
      boolean free = clusters.home(node) == null && !clusters.isSource(node);
      if (free && (clusters.isRequired(node) || isShared(node))) {
        store(node);
      }
    }
  }

  private boolean isShared(Node node) {
    if (!Views.isElementwise(node)
        && !(Views.primitive(node) instanceof Primitive.Concat)
        && !(Views.primitive(node) instanceof Primitive.Pad)) {
      return false;
    }
    boolean scalar = node.type().elements().is(1) && Cost.isCheap(node, this::isInBuffer);
    if (scalar) {
      return false;
    }
    if (clusters.consumers(node).size() > 1 && !Cost.isCheap(node, this::isInBuffer)) {
      clusters.explain(
          "materialise", true, node, "several steps use it, and computing it again is not cheap");
      return true;
    }
    if (repeats(node) && !Cost.mayRepeat(node, this::isInBuffer)) {
      clusters.explain(
          "materialise", true, node, "a broadcast would compute it again for each element");
      return true;
    }
    return false;
  }

  private boolean isInBuffer(Node node) {
    return clusters.isSource(node) || clusters.home(node) != null || clusters.isRequired(node);
  }

  /** Whether a view on the way to its users shows elements several times. */
  private boolean repeats(Node node) {
    return repeats(node, Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  /** Each node is asked once: users that meet again further on would double the work each time. */
  private boolean repeats(Node node, Set<Node> asked) {
    if (!asked.add(node)) {
      return false;
    }
    for (Node user : clusters.users(node)) {
      boolean wider =
          Views.isView(user)
              && !Views.isRearrangement(user)
              && !user.type().elements().isProvablyAtMost(node.type().elements());
      if (wider || (clusters.home(user) == null && repeats(user, asked))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Makes the node a result of a step: of the one whose result it rearranges, of a row reduction
   * over it, or of its own.
   */
  void store(Node node) {
    boolean append = Views.isAppend(node);
    if (!rearranges(node) && (append || !isRowOperand(node))) {
      clusters.add(append ? Cluster.append(node) : Cluster.pointwise(node));
    }
  }

  private boolean rearranges(Node node) {
    List<Node> views = new ArrayList<>();
    Node base = node;
    if (Views.isAppend(node)) {
      views.addFirst(node);
      base = node.operand(1);
    }
    while (Views.isRearrangement(base)) {
      views.addFirst(base);
      base = base.operand(0);
    }
    Cluster cluster = clusters.home(base);
    if (views.isEmpty()
        || cluster == null
        || cluster.kind == Cluster.Kind.CALL
        || (cluster.kind == Cluster.Kind.CONTRACTION && isBatchOfSessions(node))
        || cluster.interior.contains(base)) {
      return false;
    }
    List<Affine> index;
    do {
      index = cluster.members.get(base);
      for (Node view : views) {
        index = Views.forward(view, index, cluster.space, cluster.row());
      }
    } while (cluster.split());
    if (!index.stream().allMatch(Affine::isAffine)) {
      return false;
    }
    cluster.members.put(node, index);
    clusters.join(node, cluster);
    clusters.explain("epilogue", true, node, "the step stores its result in the order of the view");
    return true;
  }

  /**
   * Whether rows go to the sessions of several sequences. A product that stored them would have to
   * be one of each sequence by itself, and read its weights for each.
   */
  private static boolean isBatchOfSessions(Node node) {
    return Views.isAppend(node) && !node.type().dim(0).is(1);
  }

  /**
   * A row reduction that computes all elements of the node anyway stores them, if nothing it waits
   * for needs them.
   */
  private boolean isRowOperand(Node node) {
    for (Cluster cluster : clusters.consumers(node)) {
      boolean first =
          cluster.kind == Cluster.Kind.ROW
              && clusters.consumers(node).stream()
                  .noneMatch(
                      user -> user != cluster && clusters.depends(clusters.inputs(cluster), user));
      if (first && computes(cluster.anchor.operand(0), node)) {
        int axis = ((Primitive.Reduce) Views.primitive(cluster.anchor)).axis();
        List<Affine> index = new ArrayList<>(cluster.members.get(cluster.anchor));
        index.add(axis, Affine.axis(cluster.space.axis(Cluster.ROW_AXIS)));
        cluster.members.put(node, index);
        clusters.join(node, cluster);
        return true;
      }
    }
    return false;
  }

  /** Whether elementwise work alone leads from the node to the operand. */
  private boolean computes(Node operand, Node node) {
    return operand == node
        || (clusters.home(operand) == null
            && Views.isElementwise(operand)
            && operand.operands().stream().anyMatch(inner -> computes(inner, node)));
  }
}
