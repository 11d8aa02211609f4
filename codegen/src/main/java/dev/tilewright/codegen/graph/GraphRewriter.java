package dev.tilewright.codegen.graph;

import dev.tilewright.op.Primitive;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds a function anew, node by node, operands first: what the results do not reach is left out,
 * equal nodes become one. A rewrite says what stands for a primitive; the default is the same
 * primitive.
 */
public final class GraphRewriter {
  /** What stands for a primitive over operands that were rewritten already. */
  @FunctionalInterface
  public interface Rule {
    /** The replacement, built with the builder, or null to keep the primitive. */
    GraphBuilder.Symbol rewrite(
        Node node, Primitive primitive, List<GraphBuilder.Symbol> operands, GraphBuilder builder);
  }

  private GraphRewriter() {}

  /** The function after the rule was asked about each node once. */
  public static Function rewrite(Function function, Rule rule) {
    GraphBuilder builder = new GraphBuilder(function.name());
    if (function.session()) {
      builder.useSession();
    }
    if (function.windows()) {
      builder.useWindows();
    }
    Map<Node, GraphBuilder.Symbol> done = new HashMap<>();
    Map<Node, List<GraphBuilder.Symbol>> calls = new HashMap<>();
    for (Node node : function.nodes()) {
      builder.at(node.origin());
      List<GraphBuilder.Symbol> operands = new ArrayList<>();
      if (!(node.op() instanceof Op.Result)) {
        node.operands().forEach(operand -> operands.add(done.get(operand)));
      }
      switch (node.op()) {
        case Op.Input input -> done.put(node, builder.input(input.name(), node.type()));
        case Op.Weight weight -> done.put(node, builder.weight(weight.name(), node.type()));
        case Op.State state -> done.put(node, builder.state(state, node.type()));
        case Op.Apply apply -> {
          GraphBuilder.Symbol replacement =
              rule.rewrite(node, apply.primitive(), operands, builder);
          done.put(
              node,
              replacement == null
                  ? builder.apply(apply.primitive(), List.copyOf(operands))
                  : replacement);
        }
        case Op.Call call -> calls.put(node, builder.call(call, operands, node.types()));
        case Op.Result result -> done.put(node, calls.get(node.operand(0)).get(result.index()));
      }
    }
    return builder.finish(function.results().stream().map(done::get).toList());
  }
}
