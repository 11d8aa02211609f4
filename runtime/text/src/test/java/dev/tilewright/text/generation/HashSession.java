package dev.tilewright.text.generation;

import java.util.Arrays;
import java.util.Objects;

/**
 * A session whose logits are pseudo-random functions of the last tokens, so that they repeat
 * themselves now and then, as languages do. Allocates nothing for a token.
 */
final class HashSession implements CausalSession {
  private final int[] read;
  private final int order;
  private final long seed;
  private final float[] row = new float[Alphabet.SIZE];
  private int length;
  boolean closed;

  /** Whether all branches of a tree say what the model says. */
  boolean exact;

  int calls;

  /**
   * @param order how many tokens back it looks
   * @param seed what tells models apart
   */
  HashSession(int capacity, int order, long seed) {
    this.read = new int[capacity];
    this.order = order;
    this.seed = seed;
  }

  @Override
  public float[] next(int[] tokens, int from, int to) {
    append(tokens, from, to);
    logits(length, row, 0);
    return row;
  }

  @Override
  public float[] each(int[] tokens, int from, int to) {
    int first = length;
    append(tokens, from, to);
    float[] rows = new float[(to - from) * Alphabet.SIZE];
    for (int i = from; i < to; i++) {
      logits(first + i - from + 1, rows, (i - from) * Alphabet.SIZE);
    }
    return rows;
  }

  /** Of branches but the first one, what a model says may be off by its rounding; here by more. */
  @Override
  public float[] tree(int[] tokens, int[] depths, int[] ends) {
    int first = length;
    append(tokens, 0, tokens.length);
    float[] rows = new float[tokens.length * Alphabet.SIZE];
    for (int i = 0; i < tokens.length; i++) {
      int[] path = Arrays.copyOf(read, first + depths[i] + 1);
      for (int j = 0; j <= i; j++) {
        if (i < ends[j]) {
          path[first + depths[j]] = tokens[j];
        }
      }
      HashSession alone = new HashSession(path.length, order, seed);
      System.arraycopy(
          alone.each(path, 0, path.length),
          (path.length - 1) * Alphabet.SIZE,
          rows,
          i * Alphabet.SIZE,
          Alphabet.SIZE);
      if (!exact && depths[i] != i && i % 3 == 0) {
        Arrays.fill(rows, i * Alphabet.SIZE, (i + 1) * Alphabet.SIZE, 1);
      }
    }
    return rows;
  }

  private void append(int[] tokens, int from, int to) {
    Objects.checkFromToIndex(from, to, tokens.length);
    if (closed || from == to || to - from > read.length - length) {
      throw new IllegalStateException("asked for what no session gives");
    }
    calls++;
    System.arraycopy(tokens, from, read, length, to - from);
    length += to - from;
  }

  private void logits(int end, float[] into, int at) {
    long hash = seed;
    for (int i = Math.max(0, end - order); i < end; i++) {
      hash = (hash ^ read[i]) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 29;
    }
    for (int i = 0; i < Alphabet.SIZE; i++) {
      long mixed = (hash + i) * 0xBF58476D1CE4E5B9L;
      mixed = (mixed ^ (mixed >>> 31)) * 0x94D049BB133111EBL;
      into[at + i] = (mixed >>> 40) * 0x1p-22f;
    }
    into[at + Alphabet.END] -= 1;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public int capacity() {
    return read.length;
  }

  @Override
  public long peakBytes() {
    return 4L * read.length;
  }

  @Override
  public void truncate(int to) {
    if (to < 0 || to > length) {
      throw new IllegalArgumentException(to + " of " + length);
    }
    length = to;
  }

  @Override
  public CausalSession fork() {
    HashSession other = new HashSession(read.length, order, seed);
    System.arraycopy(read, 0, other.read, 0, length);
    other.length = length;
    return other;
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public String toString() {
    return Arrays.toString(Arrays.copyOf(read, length));
  }
}
