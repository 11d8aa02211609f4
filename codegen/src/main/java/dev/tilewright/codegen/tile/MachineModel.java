package dev.tilewright.codegen.tile;

import java.util.Set;

/**
 * What lowering and writers must know of a processor: how wide its registers are, what it can do,
 * what things cost. All decisions that follow from it are taken by passes; it names no instruction.
 *
 * @param lanes 32-bit elements of a vector register, a power of two
 * @param vectorRegisters how many a kernel may hold
 * @param hasFma whether MultiplyAdd is rounded once
 * @param hasRounding whether FLOOR and ROUND are instructions; else {@link ExpandMath} writes them
 *     in arithmetic
 * @param hasMasks whether loads and stores of some lanes are instructions
 * @param broadcastsMemory whether arithmetic can read one element of memory for all lanes without a
 *     register
 * @param lineBytes bytes of a cache line
 * @param l1Bytes the core's first-level data cache
 * @param l2Bytes the core's second-level cache
 * @param multiplyAdds vector multiply-adds (or multiplications and additions) a core starts each
 *     cycle
 * @param loads vectors a core loads each cycle
 * @param latency cycles from the operands of a multiply-add to its result
 * @param extensions what it has as instructions that others lack
 */
public record MachineModel(
    int lanes,
    int vectorRegisters,
    boolean hasFma,
    boolean hasRounding,
    boolean hasMasks,
    boolean broadcastsMemory,
    int lineBytes,
    int l1Bytes,
    int l2Bytes,
    int multiplyAdds,
    int loads,
    int latency,
    Set<Extension> extensions) {
  public MachineModel {
    if (lanes < 1 || Integer.bitCount(lanes) != 1) {
      throw new IllegalArgumentException("expected a power of two lanes, got " + lanes);
    }
    extensions = Set.copyOf(extensions);
  }

  /** A machine without extensions. */
  public MachineModel(
      int lanes,
      int vectorRegisters,
      boolean hasFma,
      boolean hasRounding,
      boolean hasMasks,
      boolean broadcastsMemory,
      int lineBytes,
      int l1Bytes,
      int l2Bytes,
      int multiplyAdds,
      int loads,
      int latency) {
    this(
        lanes,
        vectorRegisters,
        hasFma,
        hasRounding,
        hasMasks,
        broadcastsMemory,
        lineBytes,
        l1Bytes,
        l2Bytes,
        multiplyAdds,
        loads,
        latency,
        Set.of());
  }

  /** The same machine with other extensions. */
  public MachineModel with(Set<Extension> others) {
    return new MachineModel(
        lanes,
        vectorRegisters,
        hasFma,
        hasRounding,
        hasMasks,
        broadcastsMemory,
        lineBytes,
        l1Bytes,
        l2Bytes,
        multiplyAdds,
        loads,
        latency,
        others);
  }

  public boolean has(Extension extension) {
    return extensions.contains(extension);
  }

  /** Whether a tile may have that many columns. */
  public boolean allowsColumns(int columns) {
    return columns == 1 || (columns > 0 && columns % lanes == 0);
  }
}
