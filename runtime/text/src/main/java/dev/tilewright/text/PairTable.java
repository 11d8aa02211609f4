package dev.tilewright.text;

import java.util.Arrays;

/** A hash table with open addressing from pairs of token ids to what their merge gives. */
final class PairTable {
  private static final long EMPTY = -1;

  private final long[] keys;
  private final long[] values;

  PairTable(int capacity) {
    int slots = Integer.highestOneBit(Math.max(capacity, 8)) * 4;
    keys = new long[slots];
    values = new long[slots];
    Arrays.fill(keys, EMPTY);
  }

  /** Keeps the first value of a pair. */
  void put(int left, int right, long value) {
    int slot = slot(left, right);
    if (keys[slot] == EMPTY) {
      keys[slot] = key(left, right);
      values[slot] = value;
    }
  }

  long get(int left, int right) {
    int slot = slot(left, right);
    return keys[slot] == EMPTY ? Symbols.Pairs.NONE : values[slot];
  }

  private int slot(int left, int right) {
    long key = key(left, right);
    int slot = (int) ((key * 0x9E3779B97F4A7C15L) >>> 33) & (keys.length - 1);
    while (keys[slot] != EMPTY && keys[slot] != key) {
      slot = (slot + 1) & (keys.length - 1);
    }
    return slot;
  }

  private static long key(int left, int right) {
    return ((long) left << 32) | right;
  }
}
