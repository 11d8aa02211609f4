package dev.tilewright.runtime.weights;

/** What a block of quantised elements means. */
@FunctionalInterface
public interface BlockDecoder {
  /**
   * @param block stands at the block
   * @param values receives the elements
   */
  void decode(BlockBytes block, float[] values);
}
