package dev.tilewright.codegen.graph;

import dev.tilewright.State;
import dev.tilewright.op.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A graph with parameters and results. The body of a block's method becomes one function however
 * often it is called; what differs between calls is the weights' prefix.
 *
 * @param name unique in the program; letters, digits and _
 * @param inputs nodes with {@link Op.Input}, by position
 * @param results what it returns
 * @param session whether it, or a function that it calls, uses the memory of a session
 * @param windows whether it, or a function that it calls, uses a state with a window
 */
public record Function(
    String name, List<Node> inputs, List<Node> results, boolean session, boolean windows) {
  public Function {
    inputs = List.copyOf(inputs);
    results = List.copyOf(results);
  }

  /**
   * Inputs first, then all that the results reach, operands before their users, in order of
   * creation.
   */
  public List<Node> nodes() {
    Set<Node> order = new LinkedHashSet<>(inputs);
    // An explicit stack: unrolled models are deeper than the thread's.
    List<Node> stack = new ArrayList<>(results.reversed());
    while (!stack.isEmpty()) {
      Node node = stack.getLast();
      List<Node> missing =
          node.operands().stream().filter(operand -> !order.contains(operand)).toList();
      if (order.contains(node) || missing.isEmpty()) {
        order.add(node);
        stack.removeLast();
      } else {
        stack.addAll(missing.reversed());
      }
    }
    return List.copyOf(order);
  }

  /** The weights used here (not in functions called), by name. */
  public Map<String, TensorType> weights() {
    Map<String, TensorType> weights = new LinkedHashMap<>();
    for (Node node : nodes()) {
      if (node.op() instanceof Op.Weight weight) {
        weights.put(weight.name(), node.type());
      }
    }
    return weights;
  }

  /**
   * The symbols in the inputs' shapes, in order of appearance, and {@link State#CONTEXT} if there
   * is a session, and {@link State#RECENT} if states have windows: what a call must be told besides
   * its tensors.
   */
  public List<String> symbols() {
    Set<String> symbols = new LinkedHashSet<>();
    for (Node input : inputs) {
      input.type().shape().forEach(dim -> symbols.addAll(dim.symbols()));
    }
    if (session) {
      symbols.add(State.CONTEXT);
    }
    if (windows) {
      symbols.add(State.RECENT);
    }
    return List.copyOf(symbols);
  }
}
