package dev.tilewright.codegen.tile;

import dev.tilewright.DType;

/**
 * Memory that a kernel reads or writes.
 *
 * @param name unique in its kernel
 * @param scratch whether it is the worker's own memory and not a parameter
 */
public record Buffer(String name, DType dtype, boolean scratch) {
  /** The type that its elements have in registers: BOOL is held as MASK. */
  public Tile.Type registerType() {
    return Tile.Type.of(dtype);
  }

  @Override
  public String toString() {
    return name;
  }
}
