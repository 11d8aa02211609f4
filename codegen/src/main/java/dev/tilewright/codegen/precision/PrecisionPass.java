package dev.tilewright.codegen.precision;

import dev.tilewright.DType;
import dev.tilewright.Precision;
import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.GraphBuilder;
import dev.tilewright.codegen.graph.GraphBuilder.Symbol;
import dev.tilewright.codegen.graph.GraphRewriter;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.graph.Op;
import dev.tilewright.op.PrecisionPolicy;
import dev.tilewright.op.PrecisionPolicy.Role;
import dev.tilewright.op.Primitive;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a function's FLOAT32 products and gathers in a precision, as {@link PrecisionPolicy} says.
 */
public final class PrecisionPass {
  /** Of products whose errors count more. */
  private static final int GROUPS = 2;

  private final Function function;
  private final Precision precision;
  private final Map<Node, Role> roles;

  private PrecisionPass(Function function, Precision precision) {
    this.function = function;
    this.precision = precision;
    this.roles = roles(function);
  }

  /** The function in the precision; parameters and results stay as they are. */
  public static Function run(Function function, Precision precision) {
    return precision == Precision.FLOAT32
        ? function
        : GraphRewriter.rewrite(function, new PrecisionPass(function, precision)::rewrite);
  }

  /** Where each node of a function comes from. */
  public static Map<Node, Role> roles(Function function) {
    Map<Node, Role> roles = new HashMap<>();
    for (Node node : function.nodes()) {
      roles.put(
          node,
          switch (node.op()) {
            case Op.Weight _ -> Role.WEIGHT;
            case Op.Apply(Primitive primitive) ->
                Role.of(primitive, node.operands().stream().map(roles::get).toList());
            case Op.Input _, Op.State _, Op.Call _, Op.Result _ -> Role.ACTIVATION;
          });
    }
    return roles;
  }

  private Symbol rewrite(
      Node node, Primitive primitive, List<Symbol> operands, GraphBuilder builder) {
    if (node.operands().isEmpty() || node.operand(0).type().dtype() != DType.FLOAT32) {
      return null;
    }
    if (primitive instanceof Primitive.Gather gather) {
      return (Symbol)
          PrecisionPolicy.gather(
              precision, gather, operands.get(0), roles.get(node.operand(0)), operands.get(1));
    }
    if (!(primitive instanceof Primitive.Contract contract)) {
      return null;
    }
    return (Symbol)
        PrecisionPolicy.product(
            precision,
            contract,
            operands.get(0),
            roles.get(node.operand(0)),
            operands.get(1),
            roles.get(node.operand(1)),
            isFactor(node) ? GROUPS : 1);
  }

  /**
   * Whether elementwise work and views alone lead from the node to a product of activations: to
   * attention's scores, whose errors exp multiplies.
   */
  private boolean isFactor(Node node) {
    Set<Node> reached = new HashSet<>(Set.of(node));
    for (Node user : function.nodes()) {
      if (user.operands().stream().anyMatch(reached::contains)) {
        boolean product = primitive(user) instanceof Primitive.Contract;
        if (product && user.operands().stream().allMatch(x -> roles.get(x) == Role.ACTIVATION)) {
          return true;
        }
        if (isElementwiseOrView(primitive(user))) {
          reached.add(user);
        }
      }
    }
    return false;
  }

  private static Primitive primitive(Node node) {
    return node.op() instanceof Op.Apply apply ? apply.primitive() : null;
  }

  private static boolean isElementwiseOrView(Primitive primitive) {
    return switch (primitive) {
      case Primitive.Unary _,
          Primitive.Binary _,
          Primitive.Compare _,
          Primitive.Select _,
          Primitive.Cast _,
          Primitive.Reshape _,
          Primitive.Transpose _,
          Primitive.Broadcast _,
          Primitive.Slice _ ->
          true;
      case null, default -> false;
    };
  }
}
