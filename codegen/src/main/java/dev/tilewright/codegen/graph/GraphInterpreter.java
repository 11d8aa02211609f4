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
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Runs a program's functions node by node over tensors that have elements. */
public final class GraphInterpreter {
  private final Program program;
  private final Evaluator evaluator;
  private final BiFunction<String, TensorType, Tensor> weights;
  private final States states;

  /**
   * @param evaluator what computes primitives of tensors with elements
   * @param weights the weight of a full name and a type
   */
  public GraphInterpreter(
      Program program, Evaluator evaluator, BiFunction<String, TensorType, Tensor> weights) {
    this(program, evaluator, weights, new NoStates());
  }

  /**
   * @param evaluator what computes primitives of tensors with elements
   * @param weights the weight of a full name and a type
   * @param states what the session remembers
   */
  public GraphInterpreter(
      Program program,
      Evaluator evaluator,
      BiFunction<String, TensorType, Tensor> weights,
      States states) {
    this.program = program;
    this.evaluator = evaluator;
    this.weights = weights;
    this.states = states;
  }

  /** What a session remembers, by full names. */
  public interface States {
    /** How many rows there are before the call. */
    long before();

    /** How many of them states with windows hold. */
    default long held() {
      return before();
    }

    /**
     * The state as it was, with room for the call's rows behind.
     *
     * @param window how many rows before those of a call it must hold; 0 for all
     */
    Tensor read(String name, int window, TensorType type);

    /** Keeps the state with the call's rows. */
    void write(String name, Tensor state);
  }

  private record NoStates() implements States {
    @Override
    public long before() {
      return 0;
    }

    @Override
    public Tensor read(String name, int window, TensorType type) {
      throw new IllegalStateException("the state " + name + " is asked for without a session");
    }

    @Override
    public void write(String name, Tensor state) {
      throw new IllegalStateException("the state " + name + " is kept without a session");
    }
  }

  /**
   * The results of a function for inputs of known shapes.
   *
   * @throws TensorTypeException if the inputs do not fit the declared types
   */
  public List<Tensor> run(String function, List<Tensor> inputs) {
    Function entry = program.function(function);
    Dim rows =
        Sessions.of(program, function)
            .map(use -> use.rows().substitute(bind(entry, inputs)))
            .orElse(Dim.ZERO);
    return run(entry, "", inputs, rows);
  }

  private List<Tensor> run(Function function, String prefix, List<Tensor> inputs, Dim rows) {
    Map<String, Dim> symbols = bind(function, inputs);
    if (function.session()) {
      symbols.put(State.CONTEXT, rows.plus(states.before()));
    }
    if (function.windows()) {
      symbols.put(State.RECENT, rows.plus(states.held()));
    }
    Map<Node, List<Tensor>> values = new HashMap<>();
    for (Node node : function.nodes()) {
      List<Tensor> operands = new ArrayList<>();
      node.operands().forEach(operand -> operands.add(values.get(operand).getFirst()));
      values.put(
          node,
          switch (node.op()) {
            case Op.Input input -> List.of(inputs.get(input.index()));
            case Op.Weight weight -> List.of(weights.apply(prefix + weight.name(), node.type()));
            case Op.State state -> {
              TensorType type = node.type().withShape(substitute(node.type().shape(), symbols));
              yield List.of(states.read(prefix + state.name(), state.window(), type));
            }
            case Op.Apply apply ->
                List.of(evaluator.apply(substitute(apply.primitive(), symbols), operands));
            case Op.Call call ->
                run(
                    program.function(call.function()),
                    prefix + call.weightPrefix(),
                    operands,
                    rows);
            case Op.Result result -> List.of(values.get(node.operand(0)).get(result.index()));
          });
      if (node.op() instanceof Op.Apply(Primitive.Append _)
          && node.operand(0).op() instanceof Op.State state) {
        states.write(prefix + state.name(), values.get(node).getFirst());
      }
    }
    return function.results().stream().map(values::get).map(List::getFirst).toList();
  }

  /**
   * The symbols' values by the inputs' shapes: an extent that is a symbol alone binds it, all
   * others must agree.
   */
  private static Map<String, Dim> bind(Function function, List<Tensor> inputs) {
    Map<String, Dim> symbols = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      TensorType declared = function.inputs().get(i).type();
      for (int axis = 0; axis < Math.min(declared.rank(), inputs.get(i).rank()); axis++) {
        Dim dim = declared.dim(axis);
        if (dim.symbols().size() == 1 && dim.equals(Dim.symbol(dim.symbols().iterator().next()))) {
          symbols.putIfAbsent(dim.toString(), inputs.get(i).shape().get(axis));
        }
      }
    }
    for (int i = 0; i < inputs.size(); i++) {
      TensorType declared = function.inputs().get(i).type();
      TensorType bound = declared.withShape(substitute(declared.shape(), symbols));
      if (!bound.equals(inputs.get(i).type())) {
        throw new TensorTypeException(
            TensorTypeException.Reason.SHAPE,
            "input "
                + i
                + " of "
                + function.name()
                + " is declared "
                + declared
                + ", here "
                + bound
                + ", but came as "
                + inputs.get(i).type());
      }
    }
    return symbols;
  }

  /** The primitive with its symbolic extents replaced. */
  public static Primitive substitute(Primitive primitive, Map<String, Dim> symbols) {
    return switch (primitive) {
      case Primitive.Extent extent -> new Primitive.Extent(extent.extent().substitute(symbols));
      case Primitive.Iota iota ->
          new Primitive.Iota(substitute(iota.shape(), symbols), iota.axis());
      case Primitive.Reshape reshape -> new Primitive.Reshape(substitute(reshape.shape(), symbols));
      case Primitive.Broadcast broadcast ->
          new Primitive.Broadcast(substitute(broadcast.shape(), symbols), broadcast.axes());
      case Primitive.Slice slice ->
          new Primitive.Slice(
              slice.axis(),
              slice.start().substitute(symbols),
              slice.stop().substitute(symbols),
              slice.step());
      case Primitive.Pad pad ->
          new Primitive.Pad(
              pad.axis(),
              pad.low().substitute(symbols),
              pad.high().substitute(symbols),
              pad.value());
      case Primitive.Constant _,
          Primitive.Unary _,
          Primitive.Binary _,
          Primitive.Compare _,
          Primitive.Select _,
          Primitive.Cast _,
          Primitive.Reduce _,
          Primitive.Contract _,
          Primitive.Blocks _,
          Primitive.Transpose _,
          Primitive.Concat _,
          Primitive.Append _,
          Primitive.Window _,
          Primitive.Gather _ ->
          primitive;
    };
  }

  private static List<Dim> substitute(List<Dim> shape, Map<String, Dim> symbols) {
    return shape.stream().map(dim -> dim.substitute(symbols)).toList();
  }
}
