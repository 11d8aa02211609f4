package dev.tilewright.codegen.tile;

import java.util.EnumMap;
import java.util.Map;
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
 * @param lineBytes bytes of a cache line
 * @param l1Bytes the core's first-level data cache
 * @param l2Bytes the core's second-level cache
 * @param multiplyAdds vector multiply-adds (or multiplications and additions) a core starts each
 *     cycle
 * @param loads vectors a core loads each cycle
 * @param latency cycles from the operands of a multiply-add to its result
 * @param extensions what it has as instructions that others lack
 * @param dotCosts of those dot products among them that take more than one instruction
 */
public record MachineModel(
    int lanes,
    int vectorRegisters,
    boolean hasFma,
    boolean hasRounding,
    int lineBytes,
    int l1Bytes,
    int l2Bytes,
    int multiplyAdds,
    int loads,
    int latency,
    Set<Extension> extensions,
    Map<Tile.DotKind, DotCost> dotCosts) {
  public MachineModel {
    if (lanes < 1 || Integer.bitCount(lanes) != 1) {
      throw new IllegalArgumentException("expected a power of two lanes, got " + lanes);
    }
    extensions = Set.copyOf(extensions);
    dotCosts = Map.copyOf(dotCosts);
  }

  /** A machine without extensions. */
  public MachineModel(
      int lanes,
      int vectorRegisters,
      boolean hasFma,
      boolean hasRounding,
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
        lineBytes,
        l1Bytes,
        l2Bytes,
        multiplyAdds,
        loads,
        latency,
        Set.of(),
        Map.of());
  }

  /** The same machine with other extensions. */
  public MachineModel with(Set<Extension> others) {
    return new MachineModel(
        lanes,
        vectorRegisters,
        hasFma,
        hasRounding,
        lineBytes,
        l1Bytes,
        l2Bytes,
        multiplyAdds,
        loads,
        latency,
        others,
        dotCosts);
  }

  /** The same machine with a dot product of so many instructions. */
  public MachineModel with(Tile.DotKind kind, DotCost cost) {
    Map<Tile.DotKind, DotCost> costs = new EnumMap<>(Tile.DotKind.class);
    costs.putAll(dotCosts);
    costs.put(kind, cost);
    return new MachineModel(
        lanes,
        vectorRegisters,
        hasFma,
        hasRounding,
        lineBytes,
        l1Bytes,
        l2Bytes,
        multiplyAdds,
        loads,
        latency,
        extensions,
        costs);
  }

  /**
   * Whether products of the kind are those of signed elements, {@code (left-128)*right +
   * 128*right}: unsigned ones on a machine that multiplies bytes of one kind only.
   */
  public boolean multipliesSigned(Tile.DotKind kind) {
    return kind == Tile.DotKind.U8I8 && !has(Extension.DOT_U8I8) && has(Extension.DOT_I8I8);
  }

  /** What a dot product costs, whether it is the machine's or expanded. */
  public DotCost cost(Tile.DotKind kind) {
    if (multipliesSigned(kind)) {
      return DotCost.SIGNED;
    }
    return has(kind.extension())
        ? dotCosts.getOrDefault(kind, DotCost.INSTRUCTION)
        : DotCost.ofExpansion(kind, hasFma);
  }

  public boolean has(Extension extension) {
    return extensions.contains(extension);
  }

  /** Whether a tile may have that many columns. */
  public boolean allowsColumns(int columns) {
    return columns == 1 || (columns > 0 && columns % lanes == 0);
  }
}
