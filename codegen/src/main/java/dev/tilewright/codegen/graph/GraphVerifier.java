package dev.tilewright.codegen.graph;

import dev.tilewright.op.Primitive;
import dev.tilewright.op.TensorType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks what every pass relies on: names and numbers are unique, types are what the primitives
 * infer, calls fit functions that stand before, and symbols come from inputs.
 */
public final class GraphVerifier {
  private GraphVerifier() {}

  /**
   * @throws IllegalStateException if something does not hold; names the function and the node
   */
  public static void verify(Program program) {
    Map<String, Function> known = new HashMap<>();
    for (Function function : program.functions()) {
      for (Node node : function.nodes()) {
        if (node.op() instanceof Op.Call call) {
          verifyCall(function, node, call, known);
        }
      }
      verify(function);
      if (known.put(function.name(), function) != null) {
        throw new IllegalStateException("two functions are called " + function.name());
      }
    }
    Set<String> entries = new HashSet<>();
    for (Program.EntryPoint entry : program.entries()) {
      if (!known.containsKey(entry.function()) || !entries.add(entry.name())) {
        throw new IllegalStateException(
            "the entry " + entry.name() + " names no function, or another entry has its name");
      }
    }
  }

  /** Checks a function by itself. */
  public static void verify(Function function) {
    Set<Integer> ids = new HashSet<>();
    Map<String, TensorType> weights = new HashMap<>();
    Set<String> symbols = Set.copyOf(function.symbols());
    Set<String> states = new HashSet<>();
    for (Node node : function.nodes()) {
      demand(ids.add(node.id()), function, node, "another node has its number");
      switch (node.op()) {
        case Op.Input input ->
            demand(
                input.index() < function.inputs().size()
                    && function.inputs().get(input.index()) == node,
                function,
                node,
                "it is not the input of that position");
        case Op.Weight weight -> {
          TensorType before = weights.put(weight.name(), node.type());
          demand(
              before == null || before.equals(node.type()),
              function,
              node,
              "the weight has another type elsewhere");
        }
        case Op.State state -> {
          demand(function.session(), function, node, "the function is not said to have a session");
          demand(
              state.window() == 0 || function.windows(),
              function,
              node,
              "the function is not said to have states with windows");
          demand(states.add(state.name()), function, node, "the state stands here a second time");
        }
        case Op.Apply apply -> {
          boolean ofState = !node.operands().isEmpty() && node.operand(0).op() instanceof Op.State;
          demand(
              ofState == apply.primitive() instanceof Primitive.Append
                  && node.operands().stream()
                      .skip(1)
                      .noneMatch(operand -> operand.op() instanceof Op.State),
              function,
              node,
              "states are for appends, and appends for states");
          List<TensorType> operands = node.operands().stream().map(Node::type).toList();
          TensorType inferred = apply.primitive().infer(operands);
          demand(inferred.equals(node.type()), function, node, "its operands give " + inferred);
        }
        case Op.Call _ -> {}
        case Op.Result result -> {
          Node call = node.operand(0);
          boolean fits = call.op() instanceof Op.Call && result.index() < call.types().size();
          demand(
              fits && call.types().get(result.index()).equals(node.type()),
              function,
              node,
              "the call has no such result");
        }
      }
      for (TensorType type : node.types()) {
        boolean all = type.shape().stream().allMatch(dim -> symbols.containsAll(dim.symbols()));
        demand(all, function, node, "its shape holds a symbol that no input's shape holds");
      }
    }
  }

  private static void verifyCall(
      Function function, Node node, Op.Call call, Map<String, Function> known) {
    Function callee = known.get(call.function());
    demand(callee != null, function, node, "no function of that name stands before");
    demand(
        (function.session() || !callee.session()) && (function.windows() || !callee.windows()),
        function,
        node,
        callee.name() + " has a session, and its caller none like it");
    List<TensorType> inputs = callee.inputs().stream().map(Node::type).toList();
    List<TensorType> results = callee.results().stream().map(Node::type).toList();
    demand(
        inputs.equals(node.operands().stream().map(Node::type).toList())
            && results.equals(node.types()),
        function,
        node,
        callee.name() + " takes " + inputs + " and gives " + results);
  }

  private static void demand(boolean holds, Function function, Node node, String fault) {
    if (!holds) {
      throw new IllegalStateException(
          "in " + function.name() + ": " + GraphPrinter.print(node) + ": " + fault);
    }
  }
}
