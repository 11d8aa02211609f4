package dev.tilewright.codegen.fuse;

import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.graph.Op;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.op.Primitive;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds contractions whose one operand is computed from another contraction and is needed nowhere
 * else, and streams the pair if {@link StreamForm} proves that legal. Products with weights stay
 * apart: those are packed, and read at full speed by a plain contraction.
 */
final class Streaming {
  private static final String RULE = "stream-softmax";

  private final Clusters clusters;
  private String refusal = "";

  Streaming(Clusters clusters) {
    this.clusters = clusters;
  }

  /** Why the first product that looks like attention was not streamed; empty if there is none. */
  String run() {
    for (Node node : clusters.function.nodes()) {
      if (Views.primitive(node) instanceof Primitive.Contract && !clusters.isSource(node)) {
        stream(node);
      }
    }
    return refusal;
  }

  private void stream(Node product) {
    for (int operand = 0; operand < 2; operand++) {
      if (clusters.weight(product.operand(1 - operand)) != null) {
        continue;
      }
      String why = null;
      boolean reduces = false;
      for (Node score : scores(product.operand(operand))) {
        Set<Node> interior = between(score, product.operand(operand));
        reduces |=
            interior.stream().anyMatch(node -> Views.primitive(node) instanceof Primitive.Reduce);
        try {
          if (clusters.weight(score.operand(0)) != null
              || clusters.weight(score.operand(1)) != null) {
            throw new Illegal(
                "the scores are a product with a weight, which is packed for a contraction of its"
                    + " own");
          }
          apply(product, operand, score, interior);
          return;
        } catch (Illegal e) {
          why = why == null ? e.getMessage() : why;
        }
      }
      if (why != null && reduces) {
        clusters.explain(RULE, false, product, why);
        refusal = refusal.isEmpty() ? why : refusal;
      }
    }
  }

  private void apply(Node product, int operand, Node score, Set<Node> interior) throws Illegal {
    Primitive.Contract contract = (Primitive.Contract) Views.primitive(product);
    long summed =
        contract.left().chars().filter(letter -> contract.out().indexOf(letter) < 0).count();
    if (summed != 1) {
      throw new Illegal("the product with the values sums over " + summed + " axes, not over one");
    }
    for (Node node : interior) {
      if (clusters.home(node) != null) {
        throw new Illegal("the scores are part of another streamed product");
      }
      if (node != score && Views.primitive(node) instanceof Primitive.Contract) {
        throw new Illegal("the scores pass through another product");
      }
      if (clusters.function.results().contains(node)) {
        throw new Illegal(
            "the scores or probabilities are a result as well, so they must be whole in memory");
      }
      for (Node user : clusters.users(node)) {
        if (user != product && !interior.contains(user)) {
          throw new Illegal(
              "the scores or probabilities are also used at "
                  + user.origin()
                  + ", so they must be whole in memory");
        }
      }
    }
    if (interior.contains(product.operand(1 - operand))) {
      throw new Illegal("the values depend on the scores");
    }
    Cluster cluster = Cluster.stream(product, operand, score, interior);
    StreamForm form = StreamForm.of(cluster, clusters.sites(), this::elsewhere);
    clusters.add(cluster);
    clusters.explain(
        RULE,
        true,
        product,
        "the normaliser is a common factor of all keys; one sweep keeps "
            + form.state()
            + ", and the scores are never whole in memory");
  }

  /** Before steps are known, each contraction and reduction outside is one. */
  private Element elsewhere(Node node, List<Affine> index) {
    boolean computed =
        node.op() instanceof Op.Result
            || clusters.isSource(node)
            || Views.primitive(node) instanceof Primitive.Contract
            || Views.primitive(node) instanceof Primitive.Reduce
            || Views.isAppend(node);
    return computed
        ? Inliner.read("n" + node.id(), node.type().dtype(), index, node.type().shape())
        : null;
  }

  /**
   * The contractions that an operand is computed from without another in between, the last first.
   */
  private static List<Node> scores(Node operand) {
    List<Node> found = new ArrayList<>();
    List<Node> open = new ArrayList<>(List.of(operand));
    Set<Node> seen = new LinkedHashSet<>(open);
    while (!open.isEmpty()) {
      Node node = open.removeLast();
      if (Views.primitive(node) instanceof Primitive.Contract) {
        found.add(node);
        continue;
      }
      if (node.op() instanceof Op.Apply) {
        node.operands().stream().filter(seen::add).forEach(open::add);
      }
    }
    found.sort((a, b) -> Integer.compare(b.id(), a.id()));
    return found;
  }

  /** All nodes on ways from the score to the operand, both included. */
  private Set<Node> between(Node score, Node operand) {
    Set<Node> after = new HashSet<>(Set.of(score));
    for (Node node : clusters.function.nodes()) {
      if (node.operands().stream().anyMatch(after::contains)) {
        after.add(node);
      }
    }
    Set<Node> result = new LinkedHashSet<>(List.of(operand));
    for (Node node : clusters.function.nodes().reversed()) {
      if (after.contains(node) && clusters.users(node).stream().anyMatch(result::contains)) {
        result.add(node);
      }
    }
    return result;
  }
}
