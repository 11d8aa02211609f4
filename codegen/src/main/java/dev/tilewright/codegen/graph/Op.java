package dev.tilewright.codegen.graph;

import dev.tilewright.op.Primitive;

/** What a node of a graph does. */
public sealed interface Op {
  /** A parameter of the function, by position. */
  record Input(int index, String name) implements Op {}

  /** A weight, by its name relative to the function's prefix. */
  record Weight(String name) implements Op {}

  /**
   * The memory of a session, by its name relative to the function's prefix: {@code [1, context,
   * ..]}, of which the rows of the call at hand are not written yet. An {@link
   * dev.tilewright.op.Primitive.Append} is its only user.
   *
   * @param capacity how many rows it can hold
   * @param window how many rows before those of a call it must hold, of type {@code [1, recent,
   *     ..]}; 0 for all
   */
  record State(String name, int capacity, int window) implements Op {}

  /** A primitive of the language. */
  record Apply(Primitive primitive) implements Op {}

  /**
   * A call of another function of the program, operands in the order of its inputs. Its results are
   * taken out by {@link Result}.
   *
   * @param weightPrefix what comes before the names of the callee's weights; empty, or ending in a
   *     dot
   */
  record Call(String function, String weightPrefix) implements Op {}

  /** One of the results of the call that is the only operand. */
  record Result(int index) implements Op {}
}
