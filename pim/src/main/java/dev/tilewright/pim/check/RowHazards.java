package dev.tilewright.pim.check;

import java.util.HashSet;
import java.util.Set;

/**
 * With two row buffers, memory commands and PIM commands have queues of their own: if one side
 * writes a row that the other uses, which comes first is only certain across a SYNC.
 */
final class RowHazards {
  static final String REASON =
      "memory and PIM commands meet in a row that one of them writes; put a SYNC between";

  private final boolean dual;
  private final Set<Long> memoryUses = new HashSet<>();
  private final Set<Long> memoryWrites = new HashSet<>();
  private final Set<Long> pimUses = new HashSet<>();
  private final Set<Long> pimWrites = new HashSet<>();

  RowHazards(boolean dual) {
    this.dual = dual;
  }

  void sync() {
    memoryUses.clear();
    memoryWrites.clear();
    pimUses.clear();
    pimWrites.clear();
  }

  private static long key(int channel, int bank, int row) {
    return ((long) channel << 16 | bank) << 32 | row;
  }

  /** Whether a read is certain to come in its order. */
  boolean read(int channel, int bank, int row, boolean memory) {
    if (!dual) {
      return true;
    }
    long key = key(channel, bank, row);
    (memory ? memoryUses : pimUses).add(key);
    return !(memory ? pimWrites : memoryWrites).contains(key);
  }

  /** Whether a write is certain to come in its order. */
  boolean write(int channel, int bank, int row, boolean memory) {
    if (!dual) {
      return true;
    }
    long key = key(channel, bank, row);
    (memory ? memoryUses : pimUses).add(key);
    (memory ? memoryWrites : pimWrites).add(key);
    return !(memory ? pimUses : memoryUses).contains(key);
  }
}
