package dev.tilewright.codegen.index;

import dev.tilewright.Dim;

/**
 * An axis of an iteration space: the name takes the values {@code 0 .. extent-1}.
 *
 * @param name unique in its region
 * @param ragged whether it counts the sequences of a ragged batch, whose lengths differ: then
 *     {@link dev.tilewright.schema.RaggedAxes#own} is the length of the sequence at the axis'
 *     value, and {@link Affine.Term.Start} its first place
 */
public record Axis(String name, Dim extent, boolean ragged) {
  public Axis(String name, Dim extent) {
    this(name, extent, false);
  }

  @Override
  public String toString() {
    return name + ":" + extent + (ragged ? " ragged" : "");
  }
}
