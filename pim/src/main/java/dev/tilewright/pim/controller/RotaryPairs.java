package dev.tilewright.pim.controller;

/**
 * Which elements rotary positions turn together.
 *
 * @param elements of all heads
 * @param head elements of a head
 * @param pairs of a head
 * @param neighbours whether pairs are {@code (2i, 2i + 1)}, or else {@code (i, i + pairs)}
 */
record RotaryPairs(int elements, int head, int pairs, boolean neighbours) {
  RotaryPairs {
    if (head < 1 || elements % head != 0 || 2 * pairs > head) {
      throw new IllegalArgumentException(
          "rotary positions turn %d pairs of each head, but heads of %d elements in a vector of %d do not divide it or have fewer"
              .formatted(pairs, head, elements));
    }
  }

  /** A pair's elements and its number in the head. */
  @FunctionalInterface
  interface Action {
    void turn(int a, int b, int pair);
  }

  void forEach(Action action) {
    for (int first = 0; first < elements; first += head) {
      for (int i = 0; i < pairs; i++) {
        int a = first + (neighbours ? 2 * i : i);
        action.turn(a, neighbours ? a + 1 : a + pairs, i);
      }
    }
  }
}
