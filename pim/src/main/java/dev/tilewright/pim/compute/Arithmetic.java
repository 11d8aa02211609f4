package dev.tilewright.pim.compute;

import dev.tilewright.pim.device.Device;

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
    float[] sums = new float[Device.LANES];
    for (int i = 0; i < Device.LANES; i++) {
      sums[i] = Bf16.widen(a[aFrom + i]) * Bf16.widen(b[bFrom + i]);
    }
    for (int pairs = Device.LANES / 2; pairs > 0; pairs /= 2) {
      for (int i = 0; i < pairs; i++) {
        sums[i] = sums[2 * i] + sums[2 * i + 1];
      }
    }
    return accumulator + sums[0];
  }
}
