package dev.tilewright.op;

import dev.tilewright.Dim;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The constants that sizes and shapes of a declaration may name: those of the interface that a
 * block is used as, of its super-interfaces, and of the interfaces around it, the nearest first.
 */
@FunctionalInterface
public interface Constants {
  /** The value of the constant of that name; empty if no int constant is called so. */
  OptionalInt value(String name);

  /**
   * An extent as {@link Dim#parse} reads it, with the constants' values in place of their names.
   * Other names stay symbols.
   *
   * @throws IllegalArgumentException if the text is no extent
   */
  default Dim extent(String text) {
    Dim extent = Dim.parse(text);
    Map<String, Dim> values = new HashMap<>();
    for (String name : extent.symbols()) {
      value(name).ifPresent(value -> values.put(name, Dim.of(value)));
    }
    return values.isEmpty() ? extent : extent.substitute(values);
  }

  /**
   * A size that is given as a number, or else by names.
   *
   * @param number the number, 0 if there is none
   * @param size the expression in place of a number
   * @throws IllegalArgumentException if the size is no extent, or names what is no constant
   * @throws ArithmeticException if the size is no int
   */
  default int size(int number, String size) {
    if (size.isEmpty()) {
      return number;
    }
    Dim extent = extent(size);
    if (!extent.isKnown()) {
      throw new IllegalArgumentException(
          "'" + size + "': " + String.join(", ", extent.symbols()) + " is no int constant");
    }
    return Math.toIntExact(extent.value());
  }
}
