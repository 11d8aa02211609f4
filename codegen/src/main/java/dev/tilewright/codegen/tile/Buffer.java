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
    return switch (dtype) {
      case FLOAT32 -> Tile.Type.F32;
      case INT32 -> Tile.Type.I32;
      case BOOL -> Tile.Type.MASK;
    };
  }

  @Override
  public String toString() {
    return name;
  }
}
