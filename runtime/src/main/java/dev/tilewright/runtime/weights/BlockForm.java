package dev.tilewright.runtime.weights;

import dev.tilewright.runtime.WeightType;
import java.util.Optional;

/** What a block of a file is as {@link QuantGroups}, without rounding quants, scales or offsets. */
@FunctionalInterface
public interface BlockForm {
  /** Appends the groups of the block that is next. */
  void read(BlockBytes block, QuantGroups groups);

  /** The form of a type's blocks; empty for groups of fewer elements. */
  static Optional<BlockForm> of(WeightType type) {
    return switch (type) {
      case Q4_0 -> Optional.of((block, groups) -> SmallBlocks.nibbles(block, false, 8, groups));
      case Q4_1 -> Optional.of((block, groups) -> SmallBlocks.nibbles(block, true, 0, groups));
      case Q5_0 -> Optional.of((block, groups) -> SmallBlocks.fifths(block, false, 16, groups));
      case Q5_1 -> Optional.of((block, groups) -> SmallBlocks.fifths(block, true, 0, groups));
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
