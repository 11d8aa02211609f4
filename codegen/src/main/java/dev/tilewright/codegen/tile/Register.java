package dev.tilewright.codegen.tile;

/**
 * A tile that statements set, in the whole kernel. Registers are declared by their first use in
 * program order.
 *
 * @param name unique in its kernel
 */
public record Register(String name, Tile.Shape shape, Tile.Type type) {
  @Override
  public String toString() {
    return name;
  }
}
