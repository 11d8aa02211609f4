package dev.tilewright.codegen.fuse;

import dev.tilewright.Dim;
import dev.tilewright.On;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.Trace.Decision;
import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.GraphBuilder;
import dev.tilewright.codegen.graph.GraphBuilder.Symbol;
import dev.tilewright.codegen.graph.GraphRewriter;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.graph.Op;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.Primitive.BinaryKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes one contraction of several that contract the same operand in the same way with weights: the
 * weights stand one after another along their first axis, so do biases, and the results are parts
 * of one result.
 *
 * <pre>
 * q = x Wq^T + bq, k = x Wk^T + bk   becomes   y = x (Wq|Wk)^T + (bq|bk), q = y[.., 0..n], k = y[.., n..2n]
 * </pre>
 *
 * Each sum has the same terms in the same order as before, so the bits are the same.
 */
final class MergeContractions {
  private static final String RULE = "merge-contractions";

  /** What must agree. */
  private record Key(
      Node operand,
      String left,
      String right,
      String out,
      List<Dim> depth,
      boolean bias,
      Optional<On.Unit> on) {}

  /**
   * @param top the addition of the bias, or the contraction itself
   */
  private record Member(Node contraction, Node weight, Node bias, Node top) {}

  private final Function function;
  private final Trace trace;
  private final Map<Node, List<Node>> users = new HashMap<>();
  private final Map<Node, List<Member>> groups = new HashMap<>();
  private final Map<List<Member>, Symbol> merged = new HashMap<>();

  private MergeContractions(Function function, Trace trace) {
    this.function = function;
    this.trace = trace;
    for (Node node : function.nodes()) {
      node.operands()
          .forEach(operand -> users.computeIfAbsent(operand, _ -> new ArrayList<>()).add(node));
    }
  }

  static Function run(Function function, Trace trace) {
    MergeContractions pass = new MergeContractions(function, trace);
    pass.findGroups();
    return pass.groups.isEmpty() ? function : GraphRewriter.rewrite(function, pass::rewrite);
  }

  private void findGroups() {
    Map<Key, List<Member>> candidates = new LinkedHashMap<>();
    for (Node node : function.nodes()) {
      if (Views.primitive(node) instanceof Primitive.Contract contract) {
        Member member = member(node, contract);
        if (member != null) {
          Node operand = node.operand(node.operand(0) == member.weight ? 1 : 0);
          List<Dim> depth = member.weight.type().shape().subList(1, member.weight.type().rank());
          Key key =
              new Key(
                  operand,
                  contract.left(),
                  contract.right(),
                  contract.out(),
                  depth,
                  member.bias != null,
                  node.origin().on());
          candidates.computeIfAbsent(key, _ -> new ArrayList<>()).add(member);
        }
      }
    }
    for (List<Member> same : candidates.values()) {
      if (same.size() > 1) {
        decide(same);
      }
    }
  }

  private void decide(List<Member> same) {
    List<Member> group = new ArrayList<>();
    for (Member member : same) {
      String refusal = refusal(member.top);
      if (refusal == null) {
        group.add(member);
      } else {
        explain(false, member.contraction, refusal);
      }
    }
    if (group.size() > 1) {
      group.forEach(member -> groups.put(member.top, group));
      explain(
          true,
          group.getFirst().contraction,
          group.size()
              + " products read the same operand and sum over the same axes; their weights lie one"
              + " after another");
    }
  }

  private void explain(boolean applied, Node node, String why) {
    trace.explain(new Decision(function.name(), RULE, applied, why, node.origin()));
  }

  private String refusal(Node top) {
    if (function.results().contains(top)) {
      return "its result is a result of the function, which is a buffer of its own";
    }
    for (Node user : users.getOrDefault(top, List.of())) {
      if (Views.isElementwise(user)) {
        return "its result goes on elementwise at "
            + user.origin()
            + ", which its own epilogue can take in";
      }
      if (user.op() instanceof Op.Call) {
        return "its result is passed to a function, which takes a buffer of its own";
      }
      String later = Views.isView(user) ? refusal(user) : null;
      if (later != null) {
        return later;
      }
    }
    return null;
  }

  /** The contraction as one with a weight of its own; null if it is none. */
  private Member member(Node node, Primitive.Contract contract) {
    boolean right = node.operand(1).op() instanceof Op.Weight;
    Node weight = node.operand(right ? 1 : 0);
    String letters = right ? contract.right() : contract.left();
    String others = right ? contract.left() : contract.right();
    if (!(weight.op() instanceof Op.Weight) || letters.isEmpty() || users.get(weight).size() != 1) {
      return null;
    }
    char column = letters.charAt(0);
    boolean plain =
        others.indexOf(column) < 0
            && letters.substring(1).chars().allMatch(letter -> contract.out().indexOf(letter) < 0);
    if (!plain) {
      return null;
    }
    List<Node> uses = users.getOrDefault(node, List.of());
    if (uses.size() == 1
        && Views.primitive(uses.getFirst()) instanceof Primitive.Binary(BinaryKind kind)
        && kind == BinaryKind.ADD) {
      Node add = uses.getFirst();
      Node other = add.operand(add.operand(0) == node ? 1 : 0);
      boolean bias =
          Views.primitive(other) instanceof Primitive.Broadcast broadcast
              && other.operand(0).op() instanceof Op.Weight
              && users.get(other.operand(0)).size() == 1
              && broadcast.axes().equals(List.of(contract.out().indexOf(column)))
              && other.operand(0).type().shape().equals(weight.type().shape().subList(0, 1));
      if (bias) {
        return new Member(node, weight, other.operand(0), add);
      }
    }
    return new Member(node, weight, null, node);
  }

  private Symbol rewrite(
      Node node, Primitive primitive, List<Symbol> operands, GraphBuilder builder) {
    List<Member> group = groups.get(node);
    if (group == null) {
      return null;
    }
    Member own = group.stream().filter(member -> member.top == node).findFirst().orElseThrow();
    Primitive.Contract contract = (Primitive.Contract) Views.primitive(own.contraction);
    boolean right = own.contraction.operand(1) == own.weight;
    int axis = contract.out().indexOf((right ? contract.right() : contract.left()).charAt(0));
    Symbol whole = merged.get(group);
    if (whole == null) {
      Node rebuilt =
          own.bias == null ? null : operands.get(node.operand(0) == own.contraction ? 0 : 1).node();
      Symbol x =
          rebuilt == null
              ? operands.get(right ? 0 : 1)
              : new Symbol(rebuilt.operand(right ? 0 : 1), builder);
      whole = build(group, contract, x, right, axis, builder);
      merged.put(group, whole);
    }
    Dim start = Dim.ZERO;
    for (Member member : group) {
      Dim stop = start.plus(member.weight.type().dim(0));
      if (member.equals(own)) {
        return builder.apply(new Primitive.Slice(axis, start, stop, 1), List.of(whole));
      }
      start = stop;
    }
    throw new IllegalStateException("a group without its member");
  }

  private static Symbol build(
      List<Member> group,
      Primitive.Contract contract,
      Symbol x,
      boolean right,
      int axis,
      GraphBuilder builder) {
    Symbol weight = concat(group.stream().map(Member::weight).toList(), builder);
    builder.at(group.getFirst().contraction.origin());
    Symbol product = builder.apply(contract, right ? List.of(x, weight) : List.of(weight, x));
    if (group.getFirst().bias == null) {
      return product;
    }
    Symbol bias = concat(group.stream().map(Member::bias).toList(), builder);
    builder.at(group.getFirst().top.origin());
    Symbol wide =
        builder.apply(new Primitive.Broadcast(product.shape(), List.of(axis)), List.of(bias));
    return builder.apply(new Primitive.Binary(BinaryKind.ADD), List.of(product, wide));
  }

  private static Symbol concat(List<Node> weights, GraphBuilder builder) {
    List<Symbol> parts = new ArrayList<>();
    for (Node weight : weights) {
      String name = ((Op.Weight) weight.op()).name();
      builder.at(weight.origin());
      parts.add(builder.weight(name, weight.type()));
    }
    return builder.apply(new Primitive.Concat(0), List.copyOf(parts));
  }
}
