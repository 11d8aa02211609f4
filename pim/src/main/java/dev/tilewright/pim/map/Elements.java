package dev.tilewright.pim.map;

/** The elements of a matrix, wherever they come from. */
@FunctionalInterface
public interface Elements {
  /** The element that {@code depth} multiplies for {@code output}. */
  float at(int output, int depth);
}
