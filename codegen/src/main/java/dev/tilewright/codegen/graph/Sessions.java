package dev.tilewright.codegen.graph;

import dev.tilewright.Dim;
import dev.tilewright.op.Primitive;
import dev.tilewright.schema.ModelSchema.SessionUse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What entries do with their sessions. */
public final class Sessions {
  private Sessions() {}

  /**
   * A state under its full name, and what appends to it.
   *
   * @param state the node with {@link Op.State}
   * @param append its user
   */
  public record Use(Node state, Node append) {
    /** How many rows a call appends. */
    public Dim rows() {
      Primitive.Append append = (Primitive.Append) ((Op.Apply) this.append.op()).primitive();
      return this.append.operand(1).type().dim(append.axis());
    }

    /** How many sequences it is of, each of which has a session. */
    public Dim sequences() {
      return state.type().dim(0);
    }

    private Op.State op() {
      return (Op.State) state.op();
    }

    /** How many rows the session can hold; {@link Integer#MAX_VALUE} with a window. */
    public int capacity() {
      return op().window() > 0 ? Integer.MAX_VALUE : op().capacity();
    }

    /** How many rows it holds at a time with a window; {@link Integer#MAX_VALUE} without. */
    public int recent() {
      return op().window() > 0 ? op().capacity() : Integer.MAX_VALUE;
    }
  }

  /**
   * The states of a function and of those that it calls, by full names.
   *
   * @throws IllegalArgumentException if a call appends to one twice; names it
   */
  public static Map<String, Use> states(Program program, String function) {
    Map<String, Use> states = new LinkedHashMap<>();
    collect(program, program.function(function), "", states);
    return states;
  }

  private static void collect(
      Program program, Function function, String prefix, Map<String, Use> states) {
    if (!function.session()) {
      return;
    }
    for (Node node : function.nodes()) {
      if (node.op() instanceof Op.Call call) {
        collect(program, program.function(call.function()), prefix + call.weightPrefix(), states);
      } else if (node.op() instanceof Op.Apply(Primitive.Append _)
          && node.operand(0).op() instanceof Op.State state) {
        String name = prefix + state.name();
        if (states.put(name, new Use(node.operand(0), node)) != null) {
          throw new IllegalArgumentException(
              "the state '" + name + "' is appended to a second time in one call");
        }
      }
    }
  }

  /**
   * What a function does with the session; empty if it uses none of its states.
   *
   * @throws IllegalArgumentException if states are appended different numbers of rows, or one twice
   */
  public static Optional<SessionUse> of(Program program, String function) {
    Use first = null;
    int capacity = Integer.MAX_VALUE;
    int recent = Integer.MAX_VALUE;
    for (Map.Entry<String, Use> state : states(program, function).entrySet()) {
      first = first == null ? state.getValue() : first;
      if (!state.getValue().rows().equals(first.rows())) {
        throw new IllegalArgumentException(
            "a call appends "
                + state.getValue().rows()
                + " rows to the state '"
                + state.getKey()
                + "', but "
                + first.rows()
                + " to another; all states of an entry grow alike");
      }
      capacity = Math.min(capacity, state.getValue().capacity());
      recent = Math.min(recent, state.getValue().recent());
    }
    return first == null
        ? Optional.empty()
        : Optional.of(new SessionUse(first.rows(), capacity, recent));
  }
}
