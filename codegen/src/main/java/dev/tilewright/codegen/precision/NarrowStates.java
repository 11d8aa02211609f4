package dev.tilewright.codegen.precision;

import dev.tilewright.DType;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.GraphBuilder;
import dev.tilewright.codegen.graph.GraphBuilder.Symbol;
import dev.tilewright.codegen.graph.GraphRewriter;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.graph.Op;
import dev.tilewright.op.Primitive;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * States that are only ever read in a narrower type are kept in it: rows are narrowed once, when
 * they are appended, and not all of them in every call. No bit of a result changes.
 */
public final class NarrowStates {
  private NarrowStates() {}

  /** The function with its states as narrow as their users allow. */
  public static Function run(Function function, Trace trace) {
    Map<Node, DType> narrow = new LinkedHashMap<>();
    for (Node node : function.nodes()) {
      boolean append =
          node.op() instanceof Op.Apply(Primitive.Append _) && !function.results().contains(node);
      Optional<DType> type = append ? readAs(node, function) : Optional.empty();
      type.ifPresent(narrower -> narrow.put(node, narrower));
    }
    narrow.forEach(
        (node, type) ->
            trace.explain(
                new Trace.Decision(
                    function.name(),
                    "narrow-state",
                    true,
                    "it is read as " + type + " only, so its rows are kept so",
                    node.origin())));
    return narrow.isEmpty()
        ? function
        : GraphRewriter.rewrite(
            function, (node, primitive, in, builder) -> rewrite(node, in, builder, narrow));
  }

  /** The one narrower type that all users cast to; empty if there is none. */
  private static Optional<DType> readAs(Node append, Function function) {
    Set<Optional<DType>> types = new HashSet<>();
    for (Node node : function.nodes()) {
      if (node.operands().contains(append)) {
        types.add(
            node.op() instanceof Op.Apply(Primitive.Cast cast) && cast.dtype().isNarrow()
                ? Optional.of(cast.dtype())
                : Optional.empty());
      }
    }
    return types.size() == 1 ? types.iterator().next() : Optional.empty();
  }

  private static Symbol rewrite(
      Node node, List<Symbol> in, GraphBuilder builder, Map<Node, DType> narrow) {
    if (narrow.containsKey(node)) {
      DType type = narrow.get(node);
      Op.State state = (Op.State) node.operand(0).op();
      Symbol rows = builder.apply(new Primitive.Cast(type), List.of(in.get(1)));
      return builder.append(state.name(), state.capacity(), state.window(), rows);
    }
    boolean done =
        node.op() instanceof Op.Apply(Primitive.Cast cast) && cast.dtype() == in.getFirst().dtype();
    return done ? in.getFirst() : null;
  }
}
