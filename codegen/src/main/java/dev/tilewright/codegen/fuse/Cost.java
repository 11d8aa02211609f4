package dev.tilewright.codegen.fuse;

import dev.tilewright.codegen.graph.Node;
import dev.tilewright.op.Primitive;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/** How much work it is to compute an element again instead of reading it, counted in additions. */
final class Cost {
  /** Up to here, computing twice beats a store and a load. */
  private static final int CHEAP = 4;

  /** How many operations one after another a formula may hold. */
  static final int DEEPEST = 200;

  /** A function such as exp, against an addition. */
  private static final int FUNCTION = 10;

  private Cost() {}

  static boolean isCheap(Node node, Predicate<Node> stored) {
    return of(node, stored) <= CHEAP;
  }

  /** Whether it may be computed again for each element of a broadcast. */
  static boolean mayRepeat(Node node, Predicate<Node> stored) {
    return of(node, stored) < FUNCTION;
  }

  /** Of a reduction: whether its operand is cheap for each element of the row. */
  static boolean isCheapRow(Node node, Predicate<Node> source) {
    Predicate<Node> stored =
        other ->
            source.test(other)
                || Views.primitive(other) instanceof Primitive.Reduce
                || Views.primitive(other) instanceof Primitive.Contract;
    Node work = Views.primitive(node) instanceof Primitive.Reduce ? node.operand(0) : node;
    return of(work, stored) <= CHEAP;
  }

  /** The work for an element of the node, down to what is stored. */
  static int of(Node node, Predicate<Node> stored) {
    Set<Node> seen = new HashSet<>();
    return own(node) + of(node.operands(), stored, seen);
  }

  private static int of(Collection<Node> nodes, Predicate<Node> stored, Set<Node> seen) {
    int sum = 0;
    for (Node node : nodes) {
      if (!stored.test(node) && seen.add(node)) {
        sum += own(node) + of(node.operands(), stored, seen);
      }
    }
    return sum;
  }

  private static int own(Node node) {
    return switch (Views.primitive(node)) {
      case Primitive.Unary unary ->
          switch (unary.kind()) {
            case NEG, ABS, NOT, FLOOR, ROUND -> 1;
            case EXP, LOG, SQRT, RSQRT, TANH, SIN, COS, ERF, COARSE_EXP, COARSE_ERF -> FUNCTION;
          };
      case Primitive.Binary binary ->
          switch (binary.kind()) {
            case ADD, SUB, MUL, MIN, MAX, AND, OR -> 1;
            case DIV -> 4;
            case POW -> FUNCTION;
          };
      case Primitive.Compare _, Primitive.Select _, Primitive.Cast _, Primitive.Gather _ -> 1;
      case Primitive.Pad _ -> 2;
      case Primitive.Concat _ -> node.operands().size();
      case Primitive.Reduce _, Primitive.Contract _, Primitive.Blocks _ -> FUNCTION;
      case null -> 0;
      case Primitive.Constant _,
          Primitive.Extent _,
          Primitive.Iota _,
          Primitive.Reshape _,
          Primitive.Transpose _,
          Primitive.Broadcast _,
          Primitive.Slice _,
          Primitive.Append _,
          Primitive.Window _ ->
          0;
    };
  }
}
