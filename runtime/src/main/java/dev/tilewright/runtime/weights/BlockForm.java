package dev.tilewright.runtime.weights;

import dev.tilewright.runtime.WeightType;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * What a block of a file is as {@code scale*quant + offset}, a scale and an offset for each 32
 * neighbours, without rounding any of the three.
 */
@FunctionalInterface
public interface BlockForm {
  /** Elements with a scale and an offset of their own. */
  int GROUP = 32;

  /**
   * @param block the block and nothing else
   * @param quants receives unsigned bytes, one an element
   * @param scales receives one a group
   * @param offsets receives one a group
   */
  void read(MemorySegment block, byte[] quants, float[] scales, float[] offsets);

  /** The form of a type's blocks; empty for groups of fewer elements. */
  static Optional<BlockForm> of(WeightType type) {
    return switch (type) {
      case Q4_0 -> Optional.of((block, q, s, o) -> SmallBlocks.nibbles(block, false, 8, q, s, o));
      case Q4_1 -> Optional.of((block, q, s, o) -> SmallBlocks.nibbles(block, true, 0, q, s, o));
      case Q5_0 -> Optional.of((block, q, s, o) -> SmallBlocks.fifths(block, false, 16, q, s, o));
      case Q5_1 -> Optional.of((block, q, s, o) -> SmallBlocks.fifths(block, true, 0, q, s, o));
      case Q8_0 -> Optional.of(SmallBlocks::bytes);
      case IQ4_NL -> Optional.of(SmallBlocks::nonlinear);
      case Q4_K -> Optional.of(SuperBlocks::nibbles);
      case Q5_K -> Optional.of(SuperBlocks::fifths);
      case Q8_K -> Optional.of(SuperBlocks::bytes);
      case IQ4_XS -> Optional.of(SuperBlocks::nonlinear);
      case U4_GROUP -> Optional.of(GroupBlocks::nibbles);
      case U8_GROUP -> Optional.of(GroupBlocks::bytes);
      case Q2_K, Q3_K, Q6_K -> Optional.empty();
      case F64, F32, F16, BF16, I64, I32, I16, I8, U32, U16, U8, BOOL -> Optional.empty();
    };
  }
}
