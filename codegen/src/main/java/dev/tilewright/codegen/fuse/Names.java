package dev.tilewright.codegen.fuse;

import dev.tilewright.codegen.fuse.RegionFunction.Buffer;
import dev.tilewright.codegen.fuse.RegionFunction.Source;
import dev.tilewright.codegen.fuse.RegionFunction.WeightPart;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.graph.Op;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.PrimitiveText;
import dev.tilewright.op.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Names for buffers and regions, the same every time. All are identifiers. */
final class Names {
  private final Clusters clusters;
  private final Map<Node, String> buffers = new HashMap<>();
  private final Map<String, Buffer> all = new LinkedHashMap<>();
  private final Map<Node, List<String>> callResults = new HashMap<>();
  private final Map<Cluster, String> regions = new HashMap<>();
  private final Map<String, Node> copies = new LinkedHashMap<>();
  private final Set<String> taken = new HashSet<>();
  private boolean assigned;

  Names(Clusters clusters) {
    this.clusters = clusters;
  }

  /** Names everything that the steps store, in their order. */
  void assign(List<Cluster> order) {
    assigned = true;
    for (Node input : clusters.function.inputs()) {
      add(input, ((Op.Input) input.op()).name(), input.type(), new Source.Input());
    }
    for (Node node : clusters.function.nodes()) {
      if (clusters.weights.isWeight(node) && isReadByKernels(node)) {
        Source.Weight source = clusters.weights.source(node);
        add(node, "w_" + name(source), node.type(), source);
        if (!source.steps().isEmpty()) {
          clusters.explain("prepare", true, node, PreparedWeights.explanation(source));
        }
      }
    }
    for (Node node : clusters.function.nodes()) {
      if (Views.isAppend(node)) {
        Node state = node.operand(0);
        Op.State op = (Op.State) state.op();
        add(
            state,
            "s_" + op.name(),
            node.type(),
            new Source.State(op.name(), op.capacity(), op.window(), state.origin()));
        buffers.put(node, buffers.get(state));
      }
    }
    nameResults();
    for (Cluster cluster : order) {
      String region = "r" + regions.size() + "_" + word(cluster);
      regions.put(cluster, region);
      if (cluster.anchor.op() instanceof Op.Call call) {
        callResults(cluster, call);
        continue;
      }
      for (Node node : cluster.members.keySet()) {
        if (clusters.isStored(node) && !buffers.containsKey(node)) {
          add(node, region + "_t", node.type(), new Source.Temporary());
        }
      }
    }
  }

  /** Whether something that is no weight itself uses the weight, or a view of it. */
  private boolean isReadByKernels(Node node) {
    return clusters.function.results().contains(node)
        || clusters.users(node).stream()
            .anyMatch(
                user ->
                    !clusters.weights.isWeight(user)
                        && (!clusters.weights.isFixed(user) || isReadByKernels(user)));
  }

  private static String name(Source.Weight source) {
    String first = source.parts().getFirst().name();
    String name =
        source.parts().size() == 1 ? first : first + "_and_" + (source.parts().size() - 1);
    return source.steps().isEmpty()
        ? name
        : name + "_" + PrimitiveText.print(source.steps().getLast().primitive()).split(" ", 2)[0];
  }

  private void nameResults() {
    for (int i = 0; i < clusters.function.results().size(); i++) {
      Node result = clusters.function.results().get(i);
      Node base = Views.skipReshapes(result);
      String name = unique("out" + i);
      all.put(name, new Buffer(name, result.type(), new Source.Result()));
      if (buffers.containsKey(base)) {
        copies.put(name, base);
      } else {
        buffers.put(base, name);
      }
    }
  }

  private void callResults(Cluster cluster, Op.Call call) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < cluster.anchor.types().size(); i++) {
      String name = null;
      for (Node node : cluster.members.keySet()) {
        if (node.op() instanceof Op.Result result && result.index() == i) {
          if (!buffers.containsKey(node)) {
            add(node, call.function() + "_t", node.type(), new Source.Temporary());
          }
          name = buffers.get(node);
        }
      }
      if (name == null) {
        name = unique(identifier(call.function() + "_unused"));
        all.put(name, new Buffer(name, cluster.anchor.types().get(i), new Source.Temporary()));
      }
      names.add(name);
    }
    callResults.put(cluster.anchor, names);
  }

  private void add(Node node, String wish, TensorType type, Source source) {
    String name = unique(identifier(wish));
    buffers.put(node, name);
    all.put(name, new Buffer(name, type, source));
  }

  /** The buffer that holds the node; before {@link #assign} any name. */
  String buffer(Node node) {
    String name = buffers.get(node);
    if (name == null && assigned) {
      throw new IllegalStateException(node + " has no buffer");
    }
    return name == null ? "n" + node.id() : name;
  }

  List<Buffer> buffers() {
    return List.copyOf(all.values());
  }

  List<String> inputs() {
    return clusters.function.inputs().stream().map(this::buffer).toList();
  }

  List<String> results() {
    return all.values().stream()
        .filter(buffer -> buffer.source() instanceof Source.Result)
        .map(Buffer::name)
        .toList();
  }

  List<String> callResults(Node call) {
    return callResults.get(call);
  }

  /** Results that must be copied from a node, as another name holds it already. */
  Map<String, Node> copies() {
    return copies;
  }

  String region(Cluster cluster) {
    return regions.get(cluster);
  }

  private String word(Cluster cluster) {
    return switch (cluster.kind) {
      case POINTWISE ->
          Views.primitive(cluster.anchor) instanceof Primitive.Gather ? "gather" : "map";
      case CALL -> "call";
      case STREAM -> "attention";
      case ROW -> {
        boolean exponential =
            cluster.members.keySet().stream()
                .anyMatch(
                    node ->
                        is(node, Primitive.UnaryKind.EXP)
                            || is(node, Primitive.UnaryKind.COARSE_EXP));
        boolean wide =
            cluster.members.values().stream().anyMatch(index -> !cluster.isIndependentOfRow(index));
        yield wide ? exponential ? "softmax" : "norm" : "reduce";
      }
      case CONTRACTION -> {
        String weight = "";
        for (Node operand : cluster.anchor.operands()) {
          Node base = clusters.weight(operand);
          if (base != null) {
            List<WeightPart> parts = clusters.weights.source(base).parts();
            weight = parts.size() > 1 ? "merged" : shortName(parts.getFirst().name());
          }
        }
        yield weight.isEmpty() ? "matmul" : "linear_" + weight;
      }
    };
  }

  private static boolean is(Node node, Primitive.UnaryKind kind) {
    return Views.primitive(node) instanceof Primitive.Unary unary && unary.kind() == kind;
  }

  /** The last two parts of a weight's name, without {@code weight}. */
  private static String shortName(String name) {
    List<String> parts = new ArrayList<>(List.of(name.split("\\.", -1)));
    if (parts.size() > 1 && parts.getLast().equals("weight")) {
      parts.removeLast();
    }
    return identifier(String.join("_", parts.subList(Math.max(0, parts.size() - 2), parts.size())));
  }

  private static String identifier(String text) {
    String name = text.replaceAll("[^A-Za-z0-9_]", "_").toLowerCase(Locale.ROOT);
    return name.isEmpty() || Character.isDigit(name.charAt(0)) ? "_" + name : name;
  }

  private String unique(String wish) {
    String name = wish;
    for (int i = 1; !taken.add(name); i++) {
      name = wish + i;
    }
    return name;
  }
}
