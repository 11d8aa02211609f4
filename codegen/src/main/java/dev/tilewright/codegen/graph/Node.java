package dev.tilewright.codegen.graph;

import dev.tilewright.op.TensorType;
import java.util.List;

/**
 * A value of a graph. Nodes are immutable and compared by identity; a graph is the nodes that its
 * results reach.
 *
 * <p>A {@link Op.Call} has one type a result; every other node has one type.
 */
public final class Node {
  private final int id;
  private final Op op;
  private final List<Node> operands;
  private final List<TensorType> types;
  private final Origin origin;

  public Node(int id, Op op, List<Node> operands, List<TensorType> types, Origin origin) {
    this.id = id;
    this.op = op;
    this.operands = List.copyOf(operands);
    this.types = List.copyOf(types);
    this.origin = origin;
  }

  /** A number that is unique in the node's function; printed as {@code %id}. */
  public int id() {
    return id;
  }

  public Op op() {
    return op;
  }

  public List<Node> operands() {
    return operands;
  }

  public Node operand(int index) {
    return operands.get(index);
  }

  /** The type of a node that is not a call. */
  public TensorType type() {
    return types.getFirst();
  }

  public List<TensorType> types() {
    return types;
  }

  public Origin origin() {
    return origin;
  }

  @Override
  public String toString() {
    return "%" + id;
  }
}
