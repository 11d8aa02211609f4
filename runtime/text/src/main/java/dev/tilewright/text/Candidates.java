package dev.tilewright.text;

/**
 * The tokens in descending order of their scores, sorted only as far as asked: a binary heap gives
 * the greatest, which go to an array of their own. A token and its score are one number, whose
 * upper word sorts as the score and whose lower word puts the least id first.
 */
final class Candidates {
  private final long[] heap;
  private final long[] sorted;
  private int left;
  private int taken;

  Candidates(int capacity) {
    heap = new long[capacity];
    sorted = new long[capacity];
  }

  void heap(float[] scores) {
    left = scores.length;
    taken = 0;
    for (int id = 0; id < left; id++) {
      heap[id] = ((long) order(scores[id]) << 32) | (~id & 0xffffffffL);
    }
    for (int i = left / 2 - 1; i >= 0; i--) {
      sift(i);
    }
  }

  /** The token at a place of the order; places are asked one after another, or again. */
  int next(int place) {
    if (place == taken) {
      sorted[taken++] = heap[0];
      heap[0] = heap[--left];
      sift(0);
    }
    return token(place);
  }

  /** The token at a place that was asked before. */
  int token(int place) {
    return ~(int) sorted[place];
  }

  /** The bits of floats in an order of integers; -0 counts as 0. */
  private static int order(float score) {
    int bits = Float.floatToRawIntBits(score + 0f);
    return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
  }

  private void sift(int from) {
    int parent = from;
    for (int child = 2 * parent + 1; child < left; child = 2 * parent + 1) {
      if (child + 1 < left && heap[child + 1] > heap[child]) {
        child++;
      }
      if (heap[parent] >= heap[child]) {
        return;
      }
      long swap = heap[parent];
      heap[parent] = heap[child];
      heap[child] = swap;
      parent = child;
    }
  }
}
