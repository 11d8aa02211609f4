package dev.tilewright.pim.command;

import java.util.Arrays;
import java.util.Optional;

/** The device's configuration registers. */
public enum Register {
  /** What a multiply-accumulate multiplies with: a {@link Source#number}, first 0. */
  SOURCE(0),
  /** Element-wise products in one group of banks (0) or in all (1, which it is first). */
  ALL_GROUPS(1),
  /** The activation function, first 0. */
  FUNCTION(2);

  private final int number;

  Register(int number) {
    this.number = number;
  }

  /** By which the device knows it. */
  public int number() {
    return number;
  }

  /** The register of that number, if there is one. */
  public static Optional<Register> of(int number) {
    return Arrays.stream(values()).filter(v -> v.number == number).findFirst();
  }
}
