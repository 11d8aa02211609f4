package dev.tilewright.codegen.cost;

/** Rows and columns of a micro-kernel's accumulators. */
public record TileSize(int rows, int columns) {
  /**
   * Reads {@link #toString}'s form.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static TileSize parse(String text) {
    String[] parts = text.split("x", -1);
    if (parts.length != 2) {
      throw new IllegalArgumentException("a tile's size is such as 8x48, not " + text);
    }
    return new TileSize(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
  }

  @Override
  public String toString() {
    return rows + "x" + columns;
  }
}
