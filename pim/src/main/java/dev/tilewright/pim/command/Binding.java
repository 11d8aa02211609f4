package dev.tilewright.pim.command;

import java.util.regex.Pattern;

/**
 * A tensor's place in the host's staging memory while a stream runs.
 *
 * @param name what the host calls it: letters, digits, {@code _ . / -}
 * @param direction whether the host fills the slots before the stream or reads them after it
 * @param slot the first slot
 * @param slots how many, each of 16 bf16
 */
public record Binding(String name, Direction direction, int slot, int slots) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_./-]+");

  /** Which way the data goes. */
  public enum Direction {
    IN,
    OUT
  }

  public Binding {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "'%s' cannot name a binding: use letters, digits and _ . / -".formatted(name));
    }
    if (slot < 0 || slots < 1 || slot + (long) slots > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "binding '%s' has slots %d to %d: slots count from 0, at least one"
              .formatted(name, slot, slot + (long) slots - 1));
    }
  }
}
