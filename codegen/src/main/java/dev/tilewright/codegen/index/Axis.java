package dev.tilewright.codegen.index;

import dev.tilewright.Dim;

/**
 * An axis of an iteration space: the name takes the values {@code 0 .. extent-1}.
 *
 * @param name unique in its region
 */
public record Axis(String name, Dim extent) {
  @Override
  public String toString() {
    return name + ":" + extent;
  }
}
