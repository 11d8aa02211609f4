package dev.tilewright.pim.compute;

/** The units beside a bank. */
public final class Arithmetic {
  private Arithmetic() {}

  /**
   * The accumulator after one column: {@code accumulator + tree(a[i] * b[i])}.
   *
   * @param a 16 bf16 from {@code aFrom}
   * @param b 16 bf16 from {@code bFrom}
   */
  public static float multiply(float accumulator, short[] a, int aFrom, short[] b, int bFrom) {
    return accumulator + (eight(a, aFrom, b, bFrom) + eight(a, aFrom + 8, b, bFrom + 8));
  }

  private static float eight(short[] a, int i, short[] b, int j) {
    return four(a, i, b, j) + four(a, i + 4, b, j + 4);
  }

  private static float four(short[] a, int i, short[] b, int j) {
    return two(a, i, b, j) + two(a, i + 2, b, j + 2);
  }

  private static float two(short[] a, int i, short[] b, int j) {
    return product(a[i], b[j]) + product(a[i + 1], b[j + 1]);
  }

  private static float product(short a, short b) {
    return Bf16.widen(a) * Bf16.widen(b);
  }
}
