package dev.tilewright.codegen.fuse;

import dev.tilewright.Dim;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Space;
import dev.tilewright.op.Primitive;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Nodes that become one step: a region in the making, or a call. The first letter of an axis says
 * what it is for: {@code i} independent, {@code k} summed by a contraction, {@code t} by its total,
 * {@code d} by a streamed one's scores, {@code r} a row.
 */
final class Cluster {
  enum Kind {
    POINTWISE,
    ROW,
    CONTRACTION,
    STREAM,
    CALL
  }

  static final String ROW_AXIS = "r";

  final Kind kind;
  final Node anchor;
  final Space space;

  /**
   * Nodes computed here, each at one index: all of its elements, each once for the axes that the
   * index depends on.
   */
  final Map<Node, List<Affine>> members = new LinkedHashMap<>();

  /** What a streamed attention swallows: computed here, a key block at a time, and never whole. */
  final Set<Node> interior = new LinkedHashSet<>();

  /** The index of each letter of a contraction. */
  final Map<Character, Affine> letters = new LinkedHashMap<>();

  /**
   * Of a streamed contraction: which operand is the weight, and the contraction that it is computed
   * from.
   */
  int weightOperand;

  /** Of a contraction: the sum of its results that it may end in; null for none. */
  Node total;

  Node score;

  private Cluster(Kind kind, Node anchor, Space space) {
    this.kind = kind;
    this.anchor = anchor;
    this.space = space;
  }

  static Cluster call(Node call) {
    Cluster cluster = new Cluster(Kind.CALL, call, new Space(List.of(), Set.of()));
    cluster.members.put(call, List.of());
    return cluster;
  }

  /** Each element of the node by itself. */
  static Cluster pointwise(Node node) {
    List<Axis> axes = new ArrayList<>();
    List<Affine> index = index(node.type().shape(), axes);
    Cluster cluster = new Cluster(Kind.POINTWISE, node, new Space(axes, Set.of()));
    cluster.members.put(node, index);
    return cluster;
  }

  /**
   * An index of own axes; extents of 1 have none, because views do not keep them.
   *
   * @param axes receives them
   */
  private static List<Affine> index(List<Dim> shape, List<Axis> axes) {
    List<Affine> index = new ArrayList<>();
    for (Dim extent : shape) {
      if (extent.is(1)) {
        index.add(Affine.ZERO);
      } else {
        Axis axis = new Axis("i" + index.size(), extent);
        axes.add(axis);
        index.add(Affine.axis(axis));
      }
    }
    return index;
  }

  /** The rows of an append, each element by itself. */
  static Cluster append(Node node) {
    Cluster cluster = pointwise(node.operand(1));
    List<Affine> rows = cluster.members.get(node.operand(1));
    Cluster append = new Cluster(Kind.POINTWISE, node, cluster.space);
    append.members.put(node, Views.forward(node, rows, append.space, null));
    return append;
  }

  static Cluster row(Node reduction) {
    Primitive.Reduce reduce = (Primitive.Reduce) Views.primitive(reduction);
    List<Axis> axes = new ArrayList<>();
    List<Affine> index = index(reduction.type().shape(), axes);
    axes.add(new Axis(ROW_AXIS, reduction.operand(0).type().dim(reduce.axis())));
    Cluster cluster = new Cluster(Kind.ROW, reduction, new Space(axes, Set.of(ROW_AXIS)));
    cluster.members.put(reduction, index);
    return cluster;
  }

  /**
   * @param total the sum over an axis of the product's results that it may end in; null for none
   */
  static Cluster contraction(Node product, Node total) {
    return contraction(Kind.CONTRACTION, product, List.of(), total);
  }

  /** Whether the contraction ends in its total. */
  boolean isTotalled() {
    return total != null && members.containsKey(total);
  }

  /** Of a contraction that may end in a total: the index along the axis that it sums over. */
  Affine totalIndex() {
    int axis = ((Primitive.Reduce) Views.primitive(total)).axis();
    return letters.get(((Primitive.Contract) Views.primitive(anchor)).out().charAt(axis));
  }

  /** A contraction whose one operand is not read but streamed; its axes stay whole. */
  static Cluster stream(Node product, int weightOperand, Node score, Set<Node> interior) {
    Primitive.Contract scores = (Primitive.Contract) Views.primitive(score);
    List<Axis> depth = new ArrayList<>();
    for (int i = 0; i < scores.left().length(); i++) {
      if (scores.out().indexOf(scores.left().charAt(i)) < 0) {
        depth.add(new Axis("d" + i, score.operand(0).type().dim(i)));
      }
    }
    Cluster cluster = contraction(Kind.STREAM, product, depth, null);
    cluster.weightOperand = weightOperand;
    cluster.score = score;
    cluster.interior.addAll(interior);
    return cluster;
  }

  private static Cluster contraction(Kind kind, Node product, List<Axis> depth, Node total) {
    Primitive.Contract contract = (Primitive.Contract) Views.primitive(product);
    int summed = total == null ? -1 : ((Primitive.Reduce) Views.primitive(total)).axis();
    Map<Character, Axis> axes = new LinkedHashMap<>();
    for (int i = 0; i < contract.out().length(); i++) {
      axes.put(
          contract.out().charAt(i), new Axis((i == summed ? "t" : "i") + i, product.type().dim(i)));
    }
    for (int i = 0; i < contract.left().length(); i++) {
      char letter = contract.left().charAt(i);
      if (!axes.containsKey(letter)) {
        axes.put(letter, new Axis("k" + i, product.operand(0).type().dim(i)));
      }
    }
    List<Axis> all = new ArrayList<>(axes.values());
    if (kind == Kind.CONTRACTION) {
      all.removeIf(axis -> axis.extent().is(1) && axis.name().charAt(0) != 'k');
    }
    all.addAll(depth);
    Set<String> whole = new LinkedHashSet<>();
    if (kind == Kind.STREAM) {
      all.forEach(axis -> whole.add(axis.name()));
    }
    Cluster cluster = new Cluster(kind, product, new Space(all, whole));
    cluster.total = total;
    axes.forEach(
        (letter, axis) ->
            cluster.letters.put(letter, all.contains(axis) ? Affine.axis(axis) : Affine.ZERO));
    cluster.members.put(
        product, contract.out().chars().mapToObj(c -> cluster.letters.get((char) c)).toList());
    return cluster;
  }

  String row() {
    return kind == Kind.ROW ? ROW_AXIS : null;
  }

  /** The indices of an operand's axes in a contraction. */
  List<Affine> index(String operandLetters) {
    return operandLetters.chars().mapToObj(c -> letters.get((char) c)).toList();
  }

  /** The axes of one purpose. */
  List<Axis> axes(char purpose) {
    return space.axes().stream().filter(axis -> axis.name().charAt(0) == purpose).toList();
  }

  boolean isIndependentOfRow(List<Affine> index) {
    return index.stream().noneMatch(value -> value.axes().contains(ROW_AXIS));
  }

  /**
   * Splits an axis if the space wishes so; then all that was computed from indices is out of date.
   */
  boolean split() {
    Function<String, Affine> split = space.split();
    if (split == null) {
      return false;
    }
    substitute(split);
    return true;
  }

  /** Renames axes in all indices. */
  void substitute(Function<String, Affine> axes) {
    members.replaceAll((_, index) -> index.stream().map(value -> value.substitute(axes)).toList());
    letters.replaceAll((_, value) -> value.substitute(axes));
  }
}
