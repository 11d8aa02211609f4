package dev.tilewright.codegen.fuse;

import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.RegionFunction.Source;
import dev.tilewright.codegen.fuse.RegionFunction.WeightPart;
import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.graph.Op;
import dev.tilewright.codegen.precision.PrecisionPass;
import dev.tilewright.op.PrecisionPolicy.Role;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.PrimitiveText;
import dev.tilewright.schema.ModelSchema.WeightStep;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What of a function depends on weights alone and has a known shape: it is computed once, when the
 * model is loaded, and is a word of the weight table like a weight of the file. So factors are
 * folded into weights, merged products' weights lie one after another, and quantised weights are
 * made.
 *
 * <p>Views of a weight stay views, and a narrow weight that is widened stays narrow in memory:
 * reading fewer bytes is worth the conversion.
 */
final class PreparedWeights {
  private final Map<Node, Role> roles;
  private final Set<Node> fixed = new HashSet<>();

  PreparedWeights(Function function) {
    roles = PrecisionPass.roles(function);
    for (Node node : function.nodes()) {
      boolean known =
          roles.get(node) != Role.ACTIVATION && node.type().shape().stream().allMatch(Dim::isKnown);
      if (known && fixed.containsAll(node.operands())) {
        fixed.add(node);
      }
    }
  }

  /** Whether the node is the same at every call: made of weights and numbers, of known shape. */
  boolean isFixed(Node node) {
    return fixed.contains(node);
  }

  /** Whether the node can be a word of the weight table. */
  boolean isWeight(Node node) {
    return node.op() instanceof Op.Weight
        || (isFixed(node)
            && roles.get(node) == Role.WEIGHT
            && !Views.isView(node)
            && !isWidening(node));
  }

  /** Whether the node makes FLOAT32 or INT32 of a narrow type. */
  static boolean isWidening(Node node) {
    return Views.primitive(node) instanceof Primitive.Cast cast
        && !cast.dtype().isNarrow()
        && node.operand(0).type().dtype().isNarrow();
  }

  /** How the weight comes from those of the file. */
  Source.Weight source(Node weight) {
    if (weight.op() instanceof Op.Weight) {
      return new Source.Weight(List.of(part(weight)), List.of());
    }
    boolean joined =
        Views.primitive(weight) instanceof Primitive.Concat(int axis)
            && axis == 0
            && weight.operands().stream().allMatch(part -> part.op() instanceof Op.Weight);
    if (joined) {
      return new Source.Weight(
          weight.operands().stream().map(PreparedWeights::part).toList(), List.of());
    }
    List<Node> order = order(weight);
    Map<Node, Integer> numbers = new LinkedHashMap<>();
    List<WeightPart> parts = new ArrayList<>();
    for (Node node : order) {
      if (node.op() instanceof Op.Weight) {
        numbers.put(node, parts.size());
        parts.add(part(node));
      }
    }
    List<WeightStep> steps = new ArrayList<>();
    for (Node node : order) {
      if (node.op() instanceof Op.Apply(Primitive primitive)) {
        numbers.put(node, parts.size() + steps.size());
        List<Integer> operands = node.operands().stream().map(numbers::get).toList();
        steps.add(new WeightStep(primitive, operands, node.type()));
      }
    }
    return new Source.Weight(parts, steps);
  }

  /** The operations that are done at load, for people. */
  static String explanation(Source.Weight source) {
    String operations =
        source.steps().stream()
            .map(step -> PrimitiveText.print(step.primitive()).split(" ", 2)[0])
            .filter(name -> !name.equals("constant") && !name.equals("broadcast"))
            .map(name -> name.substring(name.indexOf('.') + 1))
            .collect(Collectors.joining(", "));
    return operations
        + " of "
        + source.parts().stream().map(WeightPart::name).collect(Collectors.joining(", "))
        + " depend on weights alone, so they are computed once, when the model is loaded";
  }

  /** All that the weight is computed from, operands before their users. */
  private static List<Node> order(Node weight) {
    Set<Node> entered = new HashSet<>();
    Set<Node> order = new LinkedHashSet<>();
    List<Node> stack = new ArrayList<>(List.of(weight));
    while (!stack.isEmpty()) {
      Node node = stack.getLast();
      if (entered.add(node)) {
        stack.addAll(node.operands().reversed());
      } else {
        stack.removeLast();
        order.add(node);
      }
    }
    return List.copyOf(order);
  }

  private static WeightPart part(Node weight) {
    return new WeightPart(((Op.Weight) weight.op()).name(), weight.type(), weight.origin());
  }
}
