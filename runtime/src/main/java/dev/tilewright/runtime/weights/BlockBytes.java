package dev.tilewright.runtime.weights;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/**
 * Little-endian numbers of blocks of equal size, one block after the other. They are read from an
 * array, since models are loaded before much is compiled, and until then each access to a segment
 * costs a hundred times one to an array.
 */
public final class BlockBytes {
  private final byte[] bytes;
  private final int size;
  private int at;

  /**
   * A copy that stands before the first block.
   *
   * @param blocks whole blocks
   * @param size bytes of a block
   */
  public BlockBytes(MemorySegment blocks, int size) {
    this.bytes = blocks.toArray(JAVA_BYTE);
    this.size = size;
    this.at = -size;
  }

  /** Goes to the next block; answers whether there is one. */
  public boolean next() {
    at += size;
    return at < bytes.length;
  }

  /** A signed byte of the block. */
  byte signed(int offset) {
    return bytes[at + offset];
  }

  /** An unsigned byte of the block. */
  int unsigned(int offset) {
    return bytes[at + offset] & 0xFF;
  }

  /** A signed number of 16 bits. */
  short int16(int offset) {
    return (short) (unsigned(offset) | bytes[at + offset + 1] << 8);
  }

  /** A signed number of 32 bits. */
  int int32(int offset) {
    return (int16(offset) & 0xFFFF) | int16(offset + 2) << 16;
  }

  /** A binary16. */
  float half(int offset) {
    return Float.float16ToFloat(int16(offset));
  }

  /** A binary32. */
  float single(int offset) {
    return Float.intBitsToFloat(int32(offset));
  }
}
