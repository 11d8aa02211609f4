package dev.tilewright.codegen.emit;

import dev.tilewright.DType;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Tile;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * A language in which {@link KernelWriter} writes: scalars and vectors of the machine's lanes,
 * 64-bit integers and pointers. Each method appends what it takes and returns the text that names
 * the result. Every language gives the same bits.
 */
interface Code {
  // 64-bit integers.

  String integer(long value);

  String integer(Index.Kind kind, String left, String right);

  // Control.

  /** The body in a loop over a variable of the given name; it is told the variable's text. */
  void loop(String name, String from, String to, long step, Body body);

  interface Body {
    void write(String variable);
  }

  /** One of the bodies, the first if {@code left < right}. */
  void choose(String left, String right, Runnable then, Runnable otherwise);

  /** A loaded INT32, limited to {@code 0 .. bound-1}; sets the fault words if it was outside. */
  String lookup(String pointer, String bound, String site);

  // Registers.

  /** Makes a mutable variable of the kernel; returns its text. */
  String variable(String name, Tile.Type type, boolean vector);

  Operand read(String variable, Tile.Type type, boolean vector);

  void assign(String variable, Operand value);

  // Values. Operands of one call are all scalars or all vectors.

  Operand fill(Tile.Type type, double value, boolean vector);

  Operand splat(Operand scalar);

  /** {@code start} or, in a vector, {@code start + lane*step}, I32. */
  Operand ramp(String start, long step, boolean vector);

  Operand unary(Tile.UnaryOp op, Operand operand);

  Operand binary(Tile.BinaryOp op, Operand left, Operand right);

  /**
   * @param fused whether the product is not rounded
   */
  Operand multiplyAdd(Operand left, Operand right, Operand addend, boolean fused);

  /** Of vectors of words, or of a word and vectors; the machine has it. */
  Operand dot(Tile.DotKind kind, Operand left, Operand right, Operand addend);

  /** Whether {@link #dot} also takes a single word as its left operand. */
  boolean dotsByWord(Tile.DotKind kind);

  /** {@code values[index mod lanes]} of vectors; the machine has it. */
  Operand table(List<Float> values, Operand index);

  Operand select(Operand condition, Operand yes, Operand no);

  /** Lanes {@code distance ..} moved to lane 0 and on; what lies in the others is not used. */
  Operand shiftLanes(Operand vector, int distance);

  Operand lane(Operand vector, int lane);

  /** Lane l is lane {@code order(l)} of the first vector and then the second, side by side. */
  Operand shuffle(Operand first, Operand second, IntUnaryOperator order);

  /** The MASK {@code lane < count}. */
  Operand lanesBelow(String count);

  // Memory. Pointers are to elements; a count says how many lanes are accessed, the others being
  // `other`. What is stored to a narrow type is one of its numbers already.

  String pointer(String base, DType dtype, String elements);

  /** Asks for a cache line, into the second-level cache; the elements may end before it. */
  void prefetch(String base, DType dtype, String elements);

  Operand load(String pointer, DType dtype, boolean vector);

  Operand loadSome(String pointer, DType dtype, boolean vector, String count, double other);

  /**
   * @param count null for all lanes
   */
  Operand loadStrided(String pointer, DType dtype, String stride, String count, double other);

  Operand gather(String pointer, DType dtype, Operand offsets);

  void store(String pointer, DType dtype, Operand value);

  void storeSome(String pointer, DType dtype, Operand value, String count);

  /**
   * @param count null for all lanes
   */
  void storeStrided(String pointer, DType dtype, Operand value, String stride, String count);
}
