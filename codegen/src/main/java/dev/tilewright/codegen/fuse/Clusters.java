package dev.tilewright.codegen.fuse;

import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.Trace.Decision;
import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.graph.Op;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which node of a function belongs to which step. Nodes without a home are computed wherever they
 * are used. No step depends on itself by way of others.
 */
final class Clusters {
  final Function function;
  final Trace trace;

  /** In order of creation. */
  final List<Cluster> all = new ArrayList<>();

  private final Map<Node, Cluster> home = new HashMap<>();
  private final Map<Node, List<Node>> users = new HashMap<>();
  private final Map<Node, Integer> sites = new LinkedHashMap<>();
  final PreparedWeights weights;
  private final Set<Node> required = new LinkedHashSet<>();

  Clusters(Function function, Trace trace) {
    this.function = function;
    this.trace = trace;
    this.weights = new PreparedWeights(function);
    for (Node node : function.nodes()) {
      for (Node operand : new LinkedHashSet<>(node.operands())) {
        users.computeIfAbsent(operand, _ -> new ArrayList<>()).add(node);
      }
      if (Views.primitive(node) instanceof dev.tilewright.op.Primitive.Gather) {
        sites.put(node, sites.size());
      }
      if (Views.isAppend(node)) {
        required.add(node);
      }
    }
  }

  Map<Node, Integer> sites() {
    return sites;
  }

  List<Node> users(Node node) {
    return users.getOrDefault(node, List.of());
  }

  /** The step that computes the node; null if it has none. */
  Cluster home(Node node) {
    return home.get(node);
  }

  void add(Cluster cluster) {
    all.add(cluster);
    cluster.members.keySet().forEach(node -> home.put(node, cluster));
    cluster.interior.forEach(node -> home.put(node, cluster));
  }

  void join(Node node, Cluster cluster) {
    home.put(node, cluster);
  }

  void leave(Node node) {
    home.remove(node).members.remove(node);
  }

  void absorb(Cluster into, Cluster from) {
    all.remove(from);
    from.members.forEach(
        (node, index) -> {
          into.members.put(node, index);
          home.put(node, into);
        });
  }

  /** Says that the node must be in a buffer. */
  boolean require(Node node) {
    return !isSource(node) && required.add(node);
  }

  boolean isRequired(Node node) {
    return required.contains(node);
  }

  Set<Node> required() {
    return Set.copyOf(required);
  }

  /** Whether the node is in memory before the function starts. */
  boolean isSource(Node node) {
    return node.op() instanceof Op.Input || node.op() instanceof Op.State || weights.isWeight(node);
  }

  /**
   * The word of the weight table that an operand shows through views, as it is or widened; null if
   * it shows none.
   */
  Node weight(Node operand) {
    Node base = Views.base(operand);
    while (PreparedWeights.isWidening(base)) {
      base = Views.base(base.operand(0));
    }
    return weights.isWeight(base) ? base : null;
  }

  /** Whether computing the nodes needs a step's results, itself or through other steps. */
  boolean depends(Collection<Node> nodes, Cluster target) {
    Deque<Node> open = new ArrayDeque<>(nodes);
    Set<Node> seen = new HashSet<>(nodes);
    Set<Cluster> entered = new HashSet<>();
    while (!open.isEmpty()) {
      Node node = open.pop();
      Cluster cluster = home.get(node);
      if (cluster == target) {
        return true;
      }
      List<Node> next = new ArrayList<>(node.operands());
      if (cluster != null && entered.add(cluster)) {
        next.addAll(inputs(cluster));
      }
      for (Node operand : next) {
        if (seen.add(operand)) {
          open.push(operand);
        }
      }
    }
    return false;
  }

  /** Operands of a step's nodes that it does not compute itself. */
  Set<Node> inputs(Cluster cluster) {
    Set<Node> inputs = new LinkedHashSet<>();
    for (Set<Node> nodes : List.of(cluster.members.keySet(), cluster.interior)) {
      for (Node node : nodes) {
        for (Node operand : node.operands()) {
          if (home.get(operand) != cluster) {
            inputs.add(operand);
          }
        }
      }
    }
    return inputs;
  }

  /** The steps that compute with the node, directly or by way of nodes without a home. */
  Set<Cluster> consumers(Node node) {
    Set<Cluster> result = new LinkedHashSet<>();
    Deque<Node> open = new ArrayDeque<>(List.of(node));
    Set<Node> seen = new HashSet<>(open);
    while (!open.isEmpty()) {
      for (Node user : users(open.pop())) {
        if (home.get(user) != null) {
          result.add(home.get(user));
        } else if (seen.add(user)) {
          open.push(user);
        }
      }
    }
    return result;
  }

  /** Whether a step's node must be stored: it is required, or other steps use it. */
  boolean isStored(Node node) {
    Cluster cluster = home.get(node);
    return required.contains(node) || consumers(node).stream().anyMatch(user -> user != cluster);
  }

  void explain(String rule, boolean applied, Node node, String why) {
    trace.explain(new Decision(function.name(), rule, applied, why, node.origin()));
  }
}
