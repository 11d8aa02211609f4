package dev.tilewright.runtime.weights;

import dev.tilewright.runtime.AmbiguousWeightException;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.weights.OnnxViews.View;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Names constants after the modules that use them. An exporter folds the transpose of a linear
 * layer's weight into a new constant, which loses its name; but the node that consumes it is called
 * {@code /encoder/layer.0/query/MatMul}, and the bias that is added next kept its name {@code
 * encoder.layer.0.query.bias}. Either tells that the constant is {@code
 * encoder.layer.0.query.weight}, transposed; if they contradict each other, the name is ambiguous.
 */
final class OnnxNames {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";
  private static final List<String> NORM_OPERANDS =
      List.of("", WEIGHT, BIAS, ".running_mean", ".running_var");

  private final OnnxViews views;
  private final Map<String, List<OnnxNode>> consumers = new HashMap<>();
  private final Map<String, Map<String, View>> meanings = new LinkedHashMap<>();
  private final Map<String, String> contradictions = new HashMap<>();

  OnnxNames(OnnxGraph graph, Arena arena) {
    views = new OnnxViews(graph, arena);
    for (var node : graph.nodes()) {
      node.inputs()
          .forEach(input -> consumers.computeIfAbsent(input, i -> new ArrayList<>()).add(node));
    }
    graph.nodes().forEach(this::name);
  }

  /** The tensor of each name that a module gives to a constant. */
  Map<String, Supplier<WeightTensor>> tensors() {
    var tensors = new HashMap<String, Supplier<WeightTensor>>();
    meanings.forEach(
        (name, candidates) -> tensors.put(name, () -> only(name, candidates).tensor().get()));
    return tensors;
  }

  /** For each named initialiser its first name. */
  Map<String, String> firstNames() {
    var names = new HashMap<String, String>();
    meanings.forEach(
        (name, candidates) ->
            candidates.values().forEach(view -> names.putIfAbsent(view.root(), name)));
    return names;
  }

  private View only(String name, Map<String, View> candidates) {
    if (contradictions.containsKey(name)) {
      throw new AmbiguousWeightException(name + " is ambiguous: " + contradictions.get(name));
    }
    if (candidates.size() > 1) {
      throw new AmbiguousWeightException(
          "%s is ambiguous: its module uses %s; declare the one that is meant by its own name"
              .formatted(name, String.join(", ", candidates.keySet())));
    }
    return candidates.values().iterator().next();
  }

  private void name(OnnxNode node) {
    switch (node.type()) {
      case "MatMul" -> nameMatMul(node);
      case "Gemm" -> nameGemm(node);
      case "Gather" -> nameOperand(node, 0, WEIGHT, 2);
      case "Add" -> nameEither(node, BIAS);
      case "Mul" -> nameEither(node, WEIGHT);
      case "Conv", "ConvTranspose" -> {
        modulePath(node)
            .ifPresent(path -> views.of(node.input(1)).ifPresent(view -> put(path + WEIGHT, view)));
        nameOperand(node, 2, BIAS, 1);
      }
      case "LayerNormalization",
          "RMSNormalization",
          "SimplifiedLayerNormalization",
          "GroupNormalization",
          "InstanceNormalization",
          "BatchNormalization" -> {
        for (int i = 1; i < Math.min(node.inputs().size(), NORM_OPERANDS.size()); i++) {
          nameOperand(node, i, NORM_OPERANDS.get(i), 1);
        }
      }
      default -> {}
    }
  }

  private void nameOperand(OnnxNode node, int operand, String suffix, int rank) {
    modulePath(node)
        .ifPresent(
            path ->
                views
                    .of(node.input(operand))
                    .filter(view -> view.isRank(rank))
                    .ifPresent(view -> put(path + suffix, view)));
  }

  /** A row vector that is added to, or multiplied with, something computed. */
  private void nameEither(OnnxNode node, String suffix) {
    if (views.of(node.input(0)).isEmpty()) {
      nameOperand(node, 1, suffix, 1);
    } else if (views.of(node.input(1)).isEmpty()) {
      nameOperand(node, 0, suffix, 1);
    }
  }

  /** x W with W [in, out], or W x with W [out, in]. */
  private void nameMatMul(OnnxNode node) {
    var left = views.of(node.input(0));
    var right = views.of(node.input(1));
    if (left.isEmpty() != right.isEmpty()) {
      var weight = right.map(View::transposed).or(() -> left).orElseThrow();
      if (weight.isRank(2)) {
        nameLinear(node, weight, addedBias(node, weight));
      }
    }
  }

  /** alpha x B + beta C with B [in, out], or [out, in] if transB is set. */
  private void nameGemm(OnnxNode node) {
    boolean scaled =
        node.floats().getOrDefault("alpha", 1f) != 1f
            || node.floats().getOrDefault("beta", 1f) != 1f;
    if (scaled || views.of(node.input(0)).isPresent()) {
      return;
    }
    views
        .of(node.input(1))
        .filter(view -> view.isRank(2))
        .map(view -> node.integer("transB", 0) == 0 ? view.transposed() : view)
        .ifPresent(weight -> nameLinear(node, weight, biasName(node.input(2), weight)));
    nameOperand(node, 2, BIAS, 1);
  }

  private void nameLinear(OnnxNode node, View weight, Optional<String> bias) {
    var byBias = bias.map(name -> name.substring(0, name.length() - BIAS.length()) + WEIGHT);
    var byPath = modulePath(node).map(path -> path + WEIGHT);
    byBias.ifPresent(name -> put(name, weight));
    byPath.ifPresent(name -> put(name, weight));
    if (byBias.isPresent() && byPath.isPresent() && !agree(byBias.get(), byPath.get())) {
      var reason =
          "the node %s makes the constant %s %s, its bias %s; declare it by its own name %s"
              .formatted(node.name(), weight.text(), byPath.get(), byBias.get(), weight.root());
      contradictions.put(byBias.get(), reason);
      contradictions.put(byPath.get(), reason);
    }
  }

  /**
   * One may have a prefix that the other lacks, when only a part of a larger model was exported.
   */
  private static boolean agree(String a, String b) {
    return a.equals(b) || a.endsWith("." + b) || b.endsWith("." + a);
  }

  private Optional<String> addedBias(OnnxNode node, View weight) {
    if (node.outputs().isEmpty()) {
      return Optional.empty();
    }
    var product = node.outputs().getFirst();
    return consumers.getOrDefault(product, List.of()).stream()
        .filter(next -> next.type().equals("Add"))
        .map(add -> add.input(add.input(0).equals(product) ? 1 : 0))
        .flatMap(value -> biasName(value, weight).stream())
        .findFirst();
  }

  /**
   * The name of a bias for the outputs of {@code weight}; exporters merge equal biases, so one used
   * twice tells nothing.
   */
  private Optional<String> biasName(String value, View weight) {
    return views
        .of(value)
        .filter(
            bias -> bias.text().endsWith(BIAS) && bias.shape().equals(weight.shape().subList(0, 1)))
        .filter(bias -> consumers.get(value).size() == 1)
        .map(View::root);
  }

  private void put(String name, View view) {
    meanings.computeIfAbsent(name, n -> new LinkedHashMap<>()).put(view.text(), view);
  }

  /** {@code /encoder/layer.0/query/MatMul_1} lies in {@code encoder.layer.0.query}. */
  private static Optional<String> modulePath(OnnxNode node) {
    int end = node.name().lastIndexOf('/');
    var operator = node.name().substring(end + 1);
    if (end <= 0 || !(operator.equals(node.type()) || operator.startsWith(node.type() + "_"))) {
      return Optional.empty();
    }
    int begin = node.name().startsWith("/") ? 1 : 0;
    return Optional.of(node.name().substring(begin, end).replace('/', '.'))
        .filter(path -> !path.isEmpty());
  }
}
