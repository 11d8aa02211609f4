package dev.tilewright.bench;

import java.util.Random;

/**
 * A batch of sentences without padding.
 *
 * @param batch sentences
 * @param tokens tokens of each
 */
record Shape(int batch, int tokens) {
  private static final int LAYERS = 6;
  private static final long WIDTH = 384;
  private static final long HIDDEN = 1536;

  /** Reads {@code 32x128}. */
  static Shape parse(String text) {
    String[] parts = text.split("x", -1);
    if (parts.length != 2) {
      throw new IllegalArgumentException("'" + text + "' is no shape: write it like 32x128");
    }
    return new Shape(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
  }

  /**
   * Operations of the products alone, two a multiply-add: four square and two wide layers a token,
   * scores and values a pair of tokens.
   */
  double flops() {
    double perToken = 2.0 * (4 * WIDTH * WIDTH + 2 * WIDTH * HIDDEN) + 4.0 * tokens * WIDTH;
    return LAYERS * perToken * batch * tokens;
  }

  /** Words at random, the same at every call. */
  int[] ids() {
    return new Random(1).ints((long) batch * tokens, 1000, 30000).toArray();
  }

  @Override
  public String toString() {
    return batch + "x" + tokens;
  }
}
