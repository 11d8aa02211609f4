package dev.tilewright.codegen.fuse;

import dev.tilewright.DType;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.Primitive.ReduceKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The formulas of two contractions that are streamed over the axis between them. Building them is
 * the test whether that is legal: see {@link StreamAlgebra} and {@link Region.Streamed}.
 */
final class StreamForm {
  private final Cluster cluster;
  private final Node score;
  private final Inliner.Scope outside;
  private final Axis keys;
  private final StreamAlgebra algebra;
  private final Inliner inliner;
  private final Map<Node, List<Affine>> indices = new HashMap<>();
  private final Map<Node, Element> reduced = new HashMap<>();
  private final Set<Node> missing = new LinkedHashSet<>();
  private String illegal;

  private Region.Reduction maximum;
  private final List<Region.Reduction> sums = new ArrayList<>();
  private StreamAlgebra.Factors weight;
  private List<Axis> axes;
  private Axis depth;
  private Axis width;
  private Element.Read query;
  private Element.Read key;
  private Element.Read value;

  private StreamForm(Cluster cluster, Map<Node, Integer> sites, Inliner.Scope outside) {
    this.cluster = cluster;
    this.score = cluster.score;
    this.outside = outside;
    this.keys = cluster.axes('k').getFirst();
    this.algebra = new StreamAlgebra(keys.name());
    this.inliner = new Inliner(cluster.space, sites, this::known);
  }

  /**
   * @param outside elements of what other steps computed
   * @throws Illegal if streaming would change the result
   */
  static StreamForm of(Cluster cluster, Map<Node, Integer> sites, Inliner.Scope outside)
      throws Illegal {
    StreamForm form = new StreamForm(cluster, sites, outside);
    form.build();
    return form;
  }

  /** Nodes that must be in buffers and are not. */
  Set<Node> missing() {
    missing.addAll(inliner.missing());
    return missing;
  }

  /** What the sum of weight*value stands for in the graph: the product with normalised weights. */
  Element result(String name) {
    return weight.applyTo(new Element.Local(name, DType.FLOAT32));
  }

  Region.Streamed region(String name, String result, List<Region.Output> outputs) {
    return new Region.Streamed(
        name,
        axes,
        keys,
        depth,
        query,
        key,
        StreamAlgebra.SCORE,
        Optional.ofNullable(maximum),
        sums,
        weight.weightOrOne(),
        width,
        value,
        result,
        outputs,
        cluster.anchor.origin());
  }

  /** In words: what is kept while the keys go by. */
  String state() {
    String kept = maximum == null ? "" : "a running maximum, ";
    return kept
        + (sums.isEmpty() ? "" : sums.size() == 1 ? "a sum, " : sums.size() + " sums, ")
        + "the result";
  }

  private void build() throws Illegal {
    Primitive.Contract contract = (Primitive.Contract) Views.primitive(cluster.anchor);
    String weightLetters = cluster.weightOperand == 0 ? contract.left() : contract.right();
    String valueLetters = cluster.weightOperand == 0 ? contract.right() : contract.left();
    Element whole =
        inliner.element(
            cluster.anchor.operand(cluster.weightOperand), cluster.index(weightLetters));
    if (illegal != null) {
      throw new Illegal(illegal);
    }
    weight = algebra.factor(whole);
    if (maximum != null) {
      StreamAlgebra.demandDegreeOne(weight.weightOrOne(), "the weight of a value");
    }
    if (!indices.containsKey(score)) {
      throw new Illegal("the scores are not used");
    }
    Map<Character, Affine> scoreLetters = scoreLetters();
    Primitive.Contract product = (Primitive.Contract) Views.primitive(score);
    Affine keyIndex = Affine.axis(keys);
    boolean keyLeft = has(product.left(), scoreLetters, keyIndex);
    boolean keyRight = has(product.right(), scoreLetters, keyIndex);
    if (keyLeft == keyRight) {
      throw new Illegal("both operands of the scores depend on the key");
    }
    List<Affine> left = index(product.left(), scoreLetters);
    List<Affine> right = index(product.right(), scoreLetters);
    List<Affine> keyAt = keyLeft ? left : right;
    List<Affine> queryAt = keyLeft ? right : left;
    axes(weightLetters, valueLetters, keyAt);
    query = read(score.operand(keyLeft ? 1 : 0), queryAt);
    key = read(score.operand(keyLeft ? 0 : 1), keyAt);
    value = read(cluster.anchor.operand(1 - cluster.weightOperand), cluster.index(valueLetters));
  }

  private Map<Character, Affine> scoreLetters() throws Illegal {
    Primitive.Contract product = (Primitive.Contract) Views.primitive(score);
    Map<Character, Affine> letters = new HashMap<>();
    List<Affine> index = indices.get(score);
    int places = 0;
    for (int i = 0; i < index.size(); i++) {
      letters.put(product.out().charAt(i), index.get(i));
      if (index.get(i).axes().contains(keys.name())) {
        places++;
        if (!index.get(i).equals(Affine.axis(keys))) {
          throw new Illegal("the keys of the product are not an axis of the scores");
        }
      }
    }
    if (places != 1) {
      throw new Illegal("the scores do not depend on the key along exactly one axis");
    }
    List<Axis> summed = cluster.axes('d');
    if (summed.size() != 1) {
      throw new Illegal("the scores sum over " + summed.size() + " axes, not over one");
    }
    depth = summed.getFirst();
    for (char letter : (product.left() + product.right()).toCharArray()) {
      letters.computeIfAbsent(letter, _ -> Affine.axis(depth));
    }
    return letters;
  }

  /** Finds the axis of the queries, which neither key nor value depend on, and puts it last. */
  private void axes(String weightLetters, String valueLetters, List<Affine> keyAt) throws Illegal {
    Set<String> weightAxes = names(cluster.index(weightLetters));
    Set<String> fixed = names(keyAt);
    fixed.addAll(names(cluster.index(valueLetters)));
    List<Axis> wide =
        cluster.axes('i').stream().filter(axis -> !weightAxes.contains(axis.name())).toList();
    if (wide.size() != 1) {
      throw new Illegal(
          "the value has " + wide.size() + " axes besides those of the weights, not one");
    }
    width = wide.getFirst();
    Axis queries = null;
    for (Affine at : cluster.index(weightLetters)) {
      for (String name : at.axes()) {
        if (!fixed.contains(name)) {
          queries = cluster.space.axis(name);
        }
      }
    }
    if (queries == null) {
      throw new Illegal("the key or the value depends on the query along every axis");
    }
    Axis last = queries;
    axes = new ArrayList<>(cluster.axes('i'));
    axes.removeIf(axis -> axis.equals(width) || axis.equals(last));
    axes.add(last);
  }

  private Element.Read read(Node operand, List<Affine> index) {
    Element element = inliner.element(operand, index);
    if (element instanceof Element.Read read && read.offset().isAffine()) {
      return read;
    }
    missing.add(operand);
    return new Element.Read("?", DType.FLOAT32, Affine.ZERO);
  }

  private Element known(Node node, List<Affine> index) {
    if (!cluster.interior.contains(node)) {
      return outside.known(node, index);
    }
    Primitive primitive = Views.primitive(node);
    if (!(primitive instanceof Primitive.Reduce) && node != score) {
      return null;
    }
    List<Affine> before = indices.putIfAbsent(node, index);
    if (before != null && !atSamePlace(node, before, index)) {
      refuse(
          "scores of one query are combined with those of another, or with those of another head");
    }
    if (node == score) {
      return new Element.Local(StreamAlgebra.SCORE, DType.FLOAT32);
    }
    Element element = reduced.get(node);
    if (element == null) {
      try {
        element = reduce(node, (Primitive.Reduce) primitive, index);
      } catch (Illegal e) {
        refuse(e.getMessage());
        element = new Element.Constant(0, DType.FLOAT32);
      }
      reduced.put(node, element);
    }
    return element;
  }

  /** Along an axis of extent 1, as of a single head, every index is 0. */
  private static boolean atSamePlace(Node node, List<Affine> first, List<Affine> second) {
    for (int axis = 0; axis < first.size(); axis++) {
      if (!node.type().dim(axis).is(1) && !first.get(axis).equals(second.get(axis))) {
        return false;
      }
    }
    return true;
  }

  private Element reduce(Node node, Primitive.Reduce reduce, List<Affine> index) throws Illegal {
    Node operand = node.operand(0);
    if (names(index).contains(keys.name())) {
      throw new Illegal(
          "a reduction of the scores over another axis than the keys is used for each key");
    }
    if (!operand.type().dim(reduce.axis()).equals(keys.extent())) {
      throw new Illegal("the scores are reduced over another axis than the keys");
    }
    List<Affine> inner = new ArrayList<>(index);
    inner.add(reduce.axis(), Affine.axis(keys));
    Element element = inliner.element(operand, inner);
    if (reduce.kind() == ReduceKind.MIN) {
      throw new Illegal(
          "a minimum over the keys has no running form here; take the maximum of the negated"
              + " scores");
    }
    if (reduce.kind() == ReduceKind.MAX) {
      if (StreamAlgebra.hasSum(element) || StreamAlgebra.hasMaximum(element)) {
        throw new Illegal("a second maximum is taken over what the first one normalised");
      }
      if (maximum != null) {
        throw new Illegal("two different maxima are taken over the keys");
      }
      maximum = new Region.Reduction(StreamAlgebra.MAXIMUM, ReduceKind.MAX, element);
      return new Element.Local(StreamAlgebra.MAXIMUM, DType.FLOAT32);
    }
    StreamAlgebra.Factors factors = algebra.factor(element);
    if (maximum != null) {
      StreamAlgebra.demandDegreeOne(factors.weightOrOne(), "a sum over the keys");
    }
    String name = StreamAlgebra.SUM + sums.size();
    sums.add(new Region.Reduction(name, ReduceKind.SUM, factors.weightOrOne()));
    return factors.applyTo(new Element.Local(name, DType.FLOAT32));
  }

  private void refuse(String why) {
    illegal = illegal == null ? why : illegal;
  }

  private static boolean has(String letters, Map<Character, Affine> indices, Affine index) {
    return letters.chars().anyMatch(letter -> index.equals(indices.get((char) letter)));
  }

  private static List<Affine> index(String letters, Map<Character, Affine> indices) {
    return letters.chars().mapToObj(letter -> indices.get((char) letter)).toList();
  }

  private static Set<String> names(List<Affine> index) {
    return index.stream()
        .flatMap(at -> at.axes().stream())
        .collect(Collectors.toCollection(HashSet::new));
  }
}
