package dev.tilewright.runtime.weights;

import java.lang.foreign.MemorySegment;

/** What a block of quantised elements means. */
@FunctionalInterface
public interface BlockDecoder {
  /**
   * @param block the block and nothing else
   * @param values receives the elements
   */
  void decode(MemorySegment block, float[] values);
}
