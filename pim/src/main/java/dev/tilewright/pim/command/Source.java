package dev.tilewright.pim.command;

import java.util.Arrays;
import java.util.Optional;

/** Where the second operand of a multiply-accumulate comes from. */
public enum Source {
  /** The channel's global buffer: one vector for all banks. */
  BUFFER(0),
  /** The same place of the bank above, so that banks 0, 2, 4, .. accumulate. */
  NEIGHBOUR(1);

  private final int number;

  Source(int number) {
    this.number = number;
  }

  /** Its value in {@link Register#SOURCE}. */
  public int number() {
    return number;
  }

  /** The source of that number, if there is one. */
  public static Optional<Source> of(int number) {
    return Arrays.stream(values()).filter(v -> v.number == number).findFirst();
  }
}
