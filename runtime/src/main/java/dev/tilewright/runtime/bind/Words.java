package dev.tilewright.runtime.bind;

import java.lang.foreign.MemorySegment;

/**
 * 64-bit words of native memory, read and written through arrays: the first access of a segment by
 * a layout costs the JVM milliseconds of start-up, a copy costs nothing.
 */
public final class Words {
  private Words() {}

  /** Writes words from the given one on. */
  public static void write(MemorySegment memory, long index, long... words) {
    MemorySegment.copy(
        MemorySegment.ofArray(words),
        0,
        memory,
        Long.BYTES * index,
        (long) Long.BYTES * words.length);
  }

  /** Reads the first words into an array that an on-heap segment covers. */
  public static void read(MemorySegment memory, MemorySegment words) {
    MemorySegment.copy(memory, 0, words, 0, words.byteSize());
  }
}
