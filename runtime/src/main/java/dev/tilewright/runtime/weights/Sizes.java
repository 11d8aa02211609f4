package dev.tilewright.runtime.weights;

import java.util.List;

/** Sizes of tensors as files claim them: hostile until checked. */
final class Sizes {
  private Sizes() {}

  /** The number of elements, or -1 if an extent is negative or the product exceeds 2^63 - 1. */
  static long count(List<Long> shape) {
    long count = 1;
    for (long extent : shape) {
      if (extent < 0 || Math.multiplyHigh(count, extent) != 0 || count * extent < 0) {
        return -1;
      }
      count *= extent;
    }
    return count;
  }

  /** The bytes of elements of so many bits, or -1 if there is no such whole number. */
  static long bytes(List<Long> shape, int bits) {
    long count = count(shape);
    boolean exact = count >= 0 && count <= Long.MAX_VALUE / bits && count * bits % 8 == 0;
    return exact ? count * bits / 8 : -1;
  }
}
