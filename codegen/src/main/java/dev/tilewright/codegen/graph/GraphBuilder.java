package dev.tilewright.codegen.graph;

import dev.tilewright.Dim;
import dev.tilewright.State;
import dev.tilewright.Tensor;
import dev.tilewright.op.Evaluator;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.TensorType;
import dev.tilewright.op.TensorTypeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Builds one function: an {@link Evaluator} whose tensors are nodes. Equal nodes are one node.
 * Composite operators and layers run as plain Java on top of it and leave their primitives here.
 */
public final class GraphBuilder implements Evaluator {
  private record Key(Op op, List<Node> operands) {}

  /** A tensor that is a node of the graph under construction. */
  public record Symbol(Node node, GraphBuilder builder) implements Tensor {
    @Override
    public TensorType type() {
      return node.type();
    }

    @Override
    public Evaluator evaluator() {
      return builder;
    }

    @Override
    public float[] toFloats() {
      throw new UnsupportedOperationException(
          "a tensor has no elements while its model is compiled");
    }

    @Override
    public int[] toInts() {
      throw new UnsupportedOperationException(
          "a tensor has no elements while its model is compiled");
    }
  }

  private final String name;
  private final List<Node> inputs = new ArrayList<>();
  private final Map<Key, Node> nodes = new HashMap<>();
  private final Map<String, Node> weights = new HashMap<>();
  private final Set<String> states = new HashSet<>();
  private final List<Node> effects = new ArrayList<>();
  private Origin origin = Origin.NONE;
  private int nextId;
  private boolean session;
  private boolean windows;

  /**
   * @param name the function's name
   */
  public GraphBuilder(String name) {
    this.name = name;
  }

  /** Where the nodes added from now on come from. */
  public void at(Origin newOrigin) {
    origin = newOrigin;
  }

  public Origin origin() {
    return origin;
  }

  /** The next parameter. */
  public Symbol input(String inputName, TensorType type) {
    Node node =
        new Node(
            nextId++, new Op.Input(inputs.size(), inputName), List.of(), List.of(type), origin);
    inputs.add(node);
    return new Symbol(node, this);
  }

  /**
   * A weight by its relative name; asking twice gives the same node.
   *
   * @throws TensorTypeException if it was asked for with another type before
   */
  public Symbol weight(String weightName, TensorType type) {
    Node node =
        weights.computeIfAbsent(
            weightName,
            key -> new Node(nextId++, new Op.Weight(key), List.of(), List.of(type), origin));
    if (!node.type().equals(type)) {
      throw new TensorTypeException(
          TensorTypeException.Reason.SHAPE,
          "the weight '"
              + weightName
              + "' is used as "
              + type
              + " here and as "
              + node.type()
              + " at "
              + node.origin());
    }
    return new Symbol(node, this);
  }

  /**
   * Appends rows to a state by its relative name.
   *
   * @param window how many rows before those of a call it must hold; 0 for all
   * @throws TensorTypeException if the rows are not {@code [1, S, ..]} or {@code [B, S, ..]} with
   *     two symbols, or the state was appended to before
   */
  public Symbol append(String stateName, int capacity, int window, Tensor rows) {
    if (rows.rank() < 2 || (rows.dim(0).isKnown() && !rows.dim(0).is(1))) {
      throw new TensorTypeException(
          TensorTypeException.Reason.SHAPE,
          "a state is appended rows of [1, S, ...], those of one sequence, or in an entry with"
              + " @Ragged of [B, S, ...], not "
              + rows.type());
    }
    if (rows.shape().stream().skip(2).anyMatch(dim -> !dim.isKnown())) {
      throw new TensorTypeException(
          TensorTypeException.Reason.SHAPE,
          "the rows of a state are as wide in every call, not " + rows.type());
    }
    if (!states.add(stateName)) {
      throw new TensorTypeException(
          TensorTypeException.Reason.SPECIFICATION,
          "the state '" + stateName + "' is appended to a second time in one call");
    }
    useSession();
    if (window > 0) {
      useWindows();
    }
    String extent = window > 0 ? State.RECENT : State.CONTEXT;
    Symbol state = state(new Op.State(stateName, capacity, window), grown(rows.type(), extent));
    Symbol all = apply(new Primitive.Append(1), List.of(state, rows));
    effects.add(all.node());
    return all;
  }

  /**
   * Where a finished function appends to a state, itself or in a call, and forgets what comes of
   * it: only what the results need is carried out.
   */
  public Optional<Origin> forgotten(Function function) {
    Set<Node> kept = Set.copyOf(function.nodes());
    return effects.stream().filter(node -> !kept.contains(node)).map(Node::origin).findFirst();
  }

  private static TensorType grown(TensorType rows, String extent) {
    List<Dim> shape = new ArrayList<>(rows.shape());
    shape.set(1, Dim.symbol(extent));
    return rows.withShape(shape);
  }

  /** A state, which an append must follow. */
  Symbol state(Op.State state, TensorType type) {
    return new Symbol(new Node(nextId++, state, List.of(), List.of(type), origin), this);
  }

  /** How many rows the session held before a call that brings so many. */
  public Dim before(Dim rows) {
    useSession();
    return Dim.symbol(State.CONTEXT).minus(rows);
  }

  /** Says that the function, or one that it calls, uses the memory of a session. */
  void useSession() {
    requireFree(State.CONTEXT);
    session = true;
  }

  /** Says that the function, or one that it calls, uses a state with a window. */
  void useWindows() {
    requireFree(State.RECENT);
    windows = true;
  }

  private void requireFree(String symbol) {
    for (Node input : inputs) {
      if (input.type().shape().stream().anyMatch(dim -> dim.symbols().contains(symbol))) {
        throw new TensorTypeException(
            TensorTypeException.Reason.SHAPE,
            "a parameter has the extent '"
                + symbol
                + "', which stands for the rows of the session; call it otherwise");
      }
    }
  }

  @Override
  public Symbol apply(Primitive primitive, List<Tensor> operands) {
    List<Node> operandNodes = operands.stream().map(this::node).toList();
    TensorType type = primitive.infer(operandNodes.stream().map(Node::type).toList());
    return new Symbol(add(new Op.Apply(primitive), operandNodes, List.of(type)), this);
  }

  /**
   * A call of a finished function.
   *
   * @param resultTypes the types of its results under this call's arguments
   * @return its results
   */
  public List<Symbol> call(
      Function callee,
      String weightPrefix,
      List<? extends Tensor> arguments,
      List<TensorType> resultTypes) {
    List<Symbol> results = call(new Op.Call(callee.name(), weightPrefix), arguments, resultTypes);
    if (callee.session()) {
      session = true;
      windows |= callee.windows();
      effects.add(results.getFirst().node().operand(0));
    }
    return results;
  }

  List<Symbol> call(Op.Call op, List<? extends Tensor> arguments, List<TensorType> resultTypes) {
    List<Node> operands = arguments.stream().map(this::node).toList();
    Node call = add(op, operands, resultTypes);
    List<Symbol> results = new ArrayList<>();
    for (int i = 0; i < resultTypes.size(); i++) {
      results.add(
          new Symbol(add(new Op.Result(i), List.of(call), List.of(resultTypes.get(i))), this));
    }
    return results;
  }

  /** Ends the function. */
  public Function finish(List<? extends Tensor> results) {
    return new Function(name, inputs, results.stream().map(this::node).toList(), session, windows);
  }

  private Node add(Op op, List<Node> operands, List<TensorType> types) {
    return nodes.computeIfAbsent(
        new Key(op, operands), key -> new Node(nextId++, op, operands, types, origin));
  }

  private Node node(Tensor tensor) {
    if (tensor instanceof Symbol symbol && symbol.builder() == this) {
      return symbol.node();
    }
    throw new IllegalArgumentException(
        "a tensor of another model or of another block's body was used here");
  }
}
