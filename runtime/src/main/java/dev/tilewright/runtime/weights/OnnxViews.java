package dev.tilewright.runtime.weights;

import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.weights.OnnxGraph.Constant;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Finds the constant behind a value: through Identity, Cast, Transpose and DequantizeLinear nodes.
 */
final class OnnxViews {
  /** Longer chains are not followed; a corrupt graph may be cyclic. */
  private static final int MAX_CHAIN = 4;

  private final Arena arena;
  private final Map<String, Constant> constants = new HashMap<>();
  private final Map<String, OnnxNode> producers = new HashMap<>();

  OnnxViews(OnnxGraph graph, Arena arena) {
    this.arena = arena;
    graph.constants().forEach(constant -> constants.put(constant.name(), constant));
    graph.initializers().forEach(constant -> constants.put(constant.name(), constant));
    graph.nodes().forEach(node -> node.outputs().forEach(output -> producers.put(output, node)));
  }

  /**
   * A constant as a consumer sees it.
   *
   * @param root the name of the initialiser
   * @param text the root and what happens to it on the way; equal for equal views
   */
  record View(String root, String text, List<Long> shape, Supplier<WeightTensor> tensor) {
    View transposed() {
      return new View(
          root, text + " transposed", shape.reversed(), () -> tensor.get().transposed());
    }

    boolean isRank(int rank) {
      return shape.size() == rank;
    }
  }

  /** The constant that {@code value} is; empty if it is computed from inputs. */
  Optional<View> of(String value) {
    return of(value, MAX_CHAIN);
  }

  private Optional<View> of(String value, int chain) {
    var constant = constants.get(value);
    if (constant != null) {
      return Optional.of(new View(value, value, constant.shape(), constant.tensor()));
    }
    var node = producers.get(value);
    if (node == null || chain == 0) {
      return Optional.empty();
    }
    return switch (node.type()) {
      case "Identity", "Cast" -> of(node.input(0), chain - 1);
      case "Transpose" -> of(node.input(0), chain - 1).flatMap(view -> transposed(view, node));
      case "DequantizeLinear" ->
          of(node.input(0), chain - 1).flatMap(view -> dequantized(view, node, chain - 1));
      default -> Optional.empty();
    };
  }

  private static Optional<View> transposed(View view, OnnxNode node) {
    var permutation = node.integers().getOrDefault("perm", List.of(1L, 0L));
    return view.isRank(2) && permutation.equals(List.of(1L, 0L))
        ? Optional.of(view.transposed())
        : Optional.empty();
  }

  private Optional<View> dequantized(View view, OnnxNode node, int chain) {
    var scale = of(node.input(1), chain);
    var zeroPoint = of(node.input(2), chain);
    if (scale.isEmpty() || (zeroPoint.isEmpty() && !node.input(2).isEmpty())) {
      return Optional.empty();
    }
    var tensor =
        new Dequantized(
            view.tensor,
            scale.get().tensor,
            zeroPoint.map(View::tensor),
            (int) node.integer("axis", 1),
            arena);
    return Optional.of(new View(view.root, view.text + " dequantized", view.shape, tensor));
  }
}
