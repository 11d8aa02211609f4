package dev.tilewright.codegen.fuse;

import dev.tilewright.DType;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.graph.Op;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.PrimitiveText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Starts a step at every contraction, reduction and call, in the order of the graph, and lets
 * elementwise nodes join the last step that they continue. A node may join if
 *
 * <ul>
 *   <li>it shows each element of the step's value once, or along a row: views between are
 *       rearrangements;
 *   <li>its index is affine in the step's axes;
 *   <li>its other operands do not wait for the step.
 * </ul>
 *
 * Reductions join a step of reductions along the same axis.
 */
final class Clustering {
  private final Clusters clusters;

  Clustering(Clusters clusters) {
    this.clusters = clusters;
  }

  void run() {
    for (Node node : clusters.function.nodes()) {
      if (clusters.home(node) != null || clusters.isSource(node)) {
        continue;
      }
      if (node.op() instanceof Op.Call) {
        clusters.add(Cluster.call(node));
      } else if (node.op() instanceof Op.Result) {
        Cluster call = clusters.home(node.operand(0));
        call.members.put(node, List.of());
        clusters.join(node, call);
      } else if (Views.primitive(node) instanceof Primitive.Contract) {
        clusters.add(Cluster.contraction(node, total(node)));
      } else if (Views.primitive(node) instanceof Primitive.Reduce) {
        reduction(node);
      } else if (Views.isElementwise(node)) {
        elementwise(node);
      }
    }
  }

  private void reduction(Node node) {
    Cluster row = clusters.home(Views.base(node.operand(0)));
    if (row != null && row.total == node) {
      List<Affine> rest = new ArrayList<>(row.members.get(node.operand(0)));
      rest.remove(((Primitive.Reduce) Views.primitive(node)).axis());
      row.members.put(node, rest);
      clusters.join(node, row);
      clusters.explain(
          "total", true, node, "it sums what the step computes, while that is in registers");
      return;
    }
    if (row == null || row.kind != Cluster.Kind.ROW) {
      clusters.add(Cluster.row(node));
      return;
    }
    int axis = ((Primitive.Reduce) Views.primitive(node)).axis();
    List<Affine> index = forward(node.operand(0), row);
    boolean along =
        index != null && index.get(axis).equals(Affine.axis(row.space.axis(Cluster.ROW_AXIS)));
    if (along) {
      List<Affine> rest = new ArrayList<>(index);
      rest.remove(axis);
      if (row.isIndependentOfRow(rest)) {
        row.members.put(node, rest);
        clusters.join(node, row);
        return;
      }
    }
    clusters.explain(
        "row-fusion",
        false,
        node,
        "it reduces along another axis than the step that computes its operand");
    clusters.add(Cluster.row(node));
  }

  /**
   * The sum over an axis of both operands that is all that becomes of a product of whole numbers.
   * Those of floats stay steps of their own: a tile with two sums an element is half as large.
   */
  private Node total(Node product) {
    Node node = product;
    while (clusters.users(node).size() == 1 && !clusters.function.results().contains(node)) {
      Node user = clusters.users(node).getFirst();
      if (Views.primitive(user) instanceof Primitive.Reduce reduce) {
        Primitive.Contract contract = (Primitive.Contract) Views.primitive(product);
        String letter = contract.out().substring(reduce.axis(), reduce.axis() + 1);
        boolean shared = contract.left().contains(letter) && contract.right().contains(letter);
        boolean sum = reduce.kind() == Primitive.ReduceKind.SUM;
        return sum && shared && product.type().dtype() == DType.INT32 ? user : null;
      }
      if (!Views.isElementwise(user)) {
        return null;
      }
      node = user;
    }
    return null;
  }

  private void elementwise(Node node) {
    Set<Cluster> candidates = new LinkedHashSet<>();
    for (Node operand : node.operands()) {
      Cluster cluster = clusters.home(Views.base(operand));
      if (cluster != null && cluster.kind != Cluster.Kind.CALL) {
        candidates.add(cluster);
      }
    }
    // The last step first: it may wait for the others.
    List<Cluster> order = new ArrayList<>(candidates);
    order.sort((a, b) -> Integer.compare(clusters.all.indexOf(b), clusters.all.indexOf(a)));
    String refusal = null;
    for (Cluster candidate : order) {
      String why = join(node, candidate);
      if (why == null) {
        return;
      }
      refusal = refusal == null ? why : refusal;
    }
    if (refusal != null) {
      clusters.explain(rule(order.getFirst()), false, node, refusal);
    }
  }

  /** Explains what each step took in. */
  void explain() {
    for (Cluster cluster : clusters.all) {
      List<String> work = new ArrayList<>();
      long reductions = 0;
      for (Node node : cluster.members.keySet()) {
        if (Views.isElementwise(node)) {
          String name = PrimitiveText.print(Views.primitive(node));
          work.add(name.substring(name.indexOf('.') + 1));
        }
        reductions += Views.primitive(node) instanceof Primitive.Reduce ? 1 : 0;
      }
      if (cluster.kind == Cluster.Kind.ROW && (reductions > 1 || !work.isEmpty())) {
        String why =
            reductions
                + (reductions == 1 ? " reduction" : " reductions")
                + " along one axis"
                + (work.isEmpty() ? "" : " and " + String.join(", ", work) + " around")
                + " run over one row at a time";
        clusters.explain("row-fusion", true, cluster.anchor, why);
      } else if ((cluster.kind == Cluster.Kind.CONTRACTION || cluster.kind == Cluster.Kind.STREAM)
          && !work.isEmpty()) {
        clusters.explain(
            "epilogue",
            true,
            cluster.anchor,
            "each element of the product goes through "
                + String.join(", ", work)
                + " before it is stored");
      }
    }
  }

  private static String rule(Cluster cluster) {
    return cluster.kind == Cluster.Kind.ROW ? "row-fusion" : "epilogue";
  }

  /** Puts the node into the step; otherwise says why not. */
  private String join(Node node, Cluster cluster) {
    if (cluster.members.size() >= Cost.DEEPEST) {
      return "the step computes " + cluster.members.size() + " operations already";
    }
    List<Affine> index;
    do {
      index = null;
      for (Node operand : node.operands()) {
        if (index == null && clusters.home(Views.base(operand)) == cluster) {
          index = forward(operand, cluster);
        }
      }
    } while (cluster.split());
    if (index == null) {
      return "a view between them shows elements in part or several times";
    }
    if (!index.stream().allMatch(Affine::isAffine)) {
      return "the view between them does not divide the axes evenly";
    }
    for (Node operand : node.operands()) {
      Node base = Views.base(operand);
      Cluster other = clusters.home(base);
      if (other == cluster) {
        List<Affine> used = backward(operand, index, cluster);
        if (!used.equals(cluster.members.get(base))) {
          return "it uses elements of the step's result at other places than its own";
        }
      } else if ((other == null || !mergeRows(other, cluster, operand, index))
          && clusters.depends(List.of(base), cluster)) {
        return "another operand waits for the result of the same step";
      }
    }
    cluster.members.put(node, index);
    clusters.join(node, cluster);
    return null;
  }

  private List<Affine> forward(Node operand, Cluster cluster) {
    if (!Views.isView(operand)) {
      return cluster.members.get(operand);
    }
    List<Affine> index = forward(operand.operand(0), cluster);
    return index == null ? null : Views.forward(operand, index, cluster.space, cluster.row());
  }

  private static List<Affine> backward(Node operand, List<Affine> index, Cluster cluster) {
    List<Affine> at = index;
    for (Node view = operand; Views.isView(view); view = view.operand(0)) {
      at = Views.backward(view, at, cluster.space);
    }
    cluster.space.forget();
    return at;
  }

  /**
   * Makes one step of two row reductions, if neither waits for the other and what is computed once
   * for all rows is cheap: it is computed again for each.
   */
  private boolean mergeRows(Cluster from, Cluster into, Node operand, List<Affine> index) {
    boolean rows = from.kind == Cluster.Kind.ROW && into.kind == Cluster.Kind.ROW;
    if (!rows
        || !from.space
            .axis(Cluster.ROW_AXIS)
            .extent()
            .equals(into.space.axis(Cluster.ROW_AXIS).extent())
        || clusters.depends(clusters.inputs(from), into)
        || clusters.depends(clusters.inputs(into), from)) {
      return false;
    }
    Node base = Views.base(operand);
    List<Affine> target = backward(operand, index, into);
    List<Affine> source = from.members.get(base);
    Map<String, Affine> axes = new HashMap<>();
    axes.put(Cluster.ROW_AXIS, Affine.axis(into.space.axis(Cluster.ROW_AXIS)));
    for (Axis axis : from.axes('i')) {
      int at = source.indexOf(Affine.axis(axis));
      if (at < 0 || !target.get(at).isAffine()) {
        return false;
      }
      axes.put(axis.name(), target.get(at));
    }
    boolean agree = true;
    for (int i = 0; i < source.size(); i++) {
      agree &= source.get(i).substitute(axes::get).equals(target.get(i));
    }
    boolean again = from.axes('i').size() < into.axes('i').size();
    if (!agree
        || (again
            && from.members.keySet().stream()
                .anyMatch(node -> !Cost.isCheapRow(node, clusters::isSource)))) {
      return false;
    }
    from.substitute(axes::get);
    clusters.absorb(into, from);
    return true;
  }
}
