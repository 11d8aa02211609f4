package dev.tilewright.codegen.precision;

import dev.tilewright.DType;
import dev.tilewright.Precision;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.GraphRewriter;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.graph.Op;
import dev.tilewright.op.PrecisionPolicy.Role;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.Primitive.BinaryKind;
import dev.tilewright.op.Primitive.ReduceKind;
import dev.tilewright.op.Primitive.UnaryKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Computes exp and erf coarsely where nobody can tell: where all that follows from the values is
 * rounded to 8 bits, as an operand of a product that the precision narrows.
 *
 * <p>A coarse exp has a relative error of 2^-13. It stays one under products, quotients and views,
 * and so under sums of numbers that are not negative: softmax and gates lead to products thus. A
 * coarse erf has an absolute error of 2^-12, of 1 at most. It stays one under sums with constants
 * and views, and is scaled by products, as in GELU. Either is far below the 2^-9 that bf16 rounds
 * by, and 8-bit numbers too. What is shown, compared or handed on otherwise is computed exactly.
 */
public final class CoarseFunctions {
  private static final String RULE = "coarse-function";

  /** A value on its way, and whether it is known not to be negative. */
  private record Way(Node node, boolean positive) {}

  private final Function function;
  private final Map<Node, List<Node>> users = new HashMap<>();
  private final Map<Node, Role> roles;
  private final Trace trace;

  private CoarseFunctions(Function function, Trace trace) {
    this.function = function;
    this.trace = trace;
    this.roles = PrecisionPass.roles(function);
    for (Node node : function.nodes()) {
      Set.copyOf(node.operands())
          .forEach(operand -> users.computeIfAbsent(operand, _ -> new ArrayList<>()).add(node));
    }
  }

  /** The function before {@link PrecisionPass}; parameters and results stay as they are. */
  public static Function run(Function function, Precision precision, Trace trace) {
    boolean narrows = precision == Precision.BFLOAT16 || precision.isInteger();
    CoarseFunctions pass = new CoarseFunctions(function, trace);
    return narrows
        ? GraphRewriter.rewrite(
            function,
            (node, primitive, operands, builder) ->
                primitive instanceof Primitive.Unary(UnaryKind kind)
                        && coarse(kind).isPresent()
                        && pass.roles.get(node) == Role.ACTIVATION
                        && pass.decide(node, kind)
                    ? builder.apply(new Primitive.Unary(coarse(kind).get()), List.copyOf(operands))
                    : null)
        : function;
  }

  private static Optional<UnaryKind> coarse(UnaryKind kind) {
    return switch (kind) {
      case EXP -> Optional.of(UnaryKind.COARSE_EXP);
      case ERF -> Optional.of(UnaryKind.COARSE_ERF);
      case NEG, ABS, LOG, SQRT, RSQRT, TANH, SIN, COS, COARSE_EXP, COARSE_ERF, FLOOR, ROUND, NOT ->
          Optional.empty();
    };
  }

  private boolean decide(Node node, UnaryKind kind) {
    Node other = reachesElsewhere(node, kind);
    trace.explain(
        new Trace.Decision(
            function.name(),
            RULE,
            other == null,
            other == null
                ? "all that follows from its values is rounded to 8 bits before a product"
                : "its values reach what is not rounded to 8 bits, at " + other.origin(),
            node.origin()));
    return other == null;
  }

  /** Where the values are used as anything but a narrow product's operand; null if nowhere. */
  private Node reachesElsewhere(Node start, UnaryKind kind) {
    Map<Node, Boolean> seen = new HashMap<>();
    List<Way> ways = new ArrayList<>(List.of(new Way(start, kind == UnaryKind.EXP)));
    while (!ways.isEmpty()) {
      Way way = ways.removeLast();
      if (seen.putIfAbsent(way.node, way.positive) != null) {
        continue;
      }
      if (function.results().contains(way.node)) {
        return way.node;
      }
      for (Node user : users.getOrDefault(way.node, List.of())) {
        if (!(user.op() instanceof Op.Apply(Primitive primitive))) {
          return user;
        }
        if (primitive instanceof Primitive.Contract && way.node.type().dtype() == DType.FLOAT32) {
          continue;
        }
        Optional<Boolean> positive =
            kind == UnaryKind.EXP
                ? relative(user, primitive, way, seen)
                : absolute(user, primitive, way.node);
        if (positive.isEmpty()) {
          return user;
        }
        ways.add(new Way(user, positive.get()));
      }
    }
    return null;
  }

  /** Whether the result is not negative, if its relative error is the operands'. */
  private static Optional<Boolean> relative(
      Node user, Primitive primitive, Way way, Map<Node, Boolean> seen) {
    return switch (primitive) {
      case Primitive.Reshape _, Primitive.Transpose _, Primitive.Broadcast _, Primitive.Slice _ ->
          Optional.of(way.positive);
      case Primitive.Unary(UnaryKind kind) when kind == UnaryKind.NEG -> Optional.of(false);
      case Primitive.Binary(BinaryKind kind)
          when kind == BinaryKind.MUL || kind == BinaryKind.DIV ->
          Optional.of(
              way.positive && user.operands().stream().allMatch(x -> isPositive(x, way, seen)));
      case Primitive.Binary(BinaryKind kind)
          when kind == BinaryKind.ADD
              && way.positive
              && user.operands().stream().allMatch(x -> isPositive(x, way, seen)) ->
          Optional.of(true);
      case Primitive.Reduce reduce when reduce.kind() == ReduceKind.SUM && way.positive ->
          Optional.of(true);
      default -> Optional.empty();
    };
  }

  private static boolean isPositive(Node node, Way way, Map<Node, Boolean> seen) {
    return node == way.node
        || seen.getOrDefault(node, false)
        || constant(node).filter(value -> value >= 0).isPresent();
  }

  /** Present if the error is a share of the result's scale. */
  private static Optional<Boolean> absolute(Node user, Primitive primitive, Node from) {
    return switch (primitive) {
      case Primitive.Reshape _, Primitive.Transpose _, Primitive.Broadcast _, Primitive.Slice _ ->
          Optional.of(false);
      case Primitive.Unary(UnaryKind kind) when kind == UnaryKind.NEG -> Optional.of(false);
      case Primitive.Binary(BinaryKind kind) when kind == BinaryKind.MUL -> Optional.of(false);
      case Primitive.Binary(BinaryKind kind)
          when (kind == BinaryKind.ADD || kind == BinaryKind.SUB)
              && user.operands().stream().allMatch(x -> x == from || constant(x).isPresent()) ->
          Optional.of(false);
      default -> Optional.empty();
    };
  }

  /** A number that is the same everywhere. */
  private static Optional<Double> constant(Node node) {
    return switch (node.op()) {
      case Op.Apply(Primitive.Constant value) -> Optional.of(value.value());
      case Op.Apply(Primitive.Broadcast _), Op.Apply(Primitive.Reshape _) ->
          constant(node.operand(0));
      default -> Optional.empty();
    };
  }
}
