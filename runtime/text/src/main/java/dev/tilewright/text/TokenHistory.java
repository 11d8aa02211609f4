package dev.tilewright.text;

import java.util.Arrays;

/** The tokens that a {@link Sampler} was told of and chose, in order. */
public final class TokenHistory {
  private int[] tokens = new int[1024];
  private int size;

  TokenHistory() {}

  /** How many tokens there are. */
  public int size() {
    return size;
  }

  /**
   * The token at a place.
   *
   * @throws IndexOutOfBoundsException if {@code index} is negative or not below {@link #size}
   */
  public int get(int index) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException(index + " of " + size + " tokens");
    }
    return tokens[index];
  }

  void add(int token) {
    if (size == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * size);
    }
    tokens[size++] = token;
  }

  void truncate(int length) {
    if (length < 0 || length > size) {
      throw new IllegalArgumentException(
          "The history has %d tokens and cannot be cut to %d.".formatted(size, length));
    }
    size = length;
  }
}
