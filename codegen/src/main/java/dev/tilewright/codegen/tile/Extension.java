package dev.tilewright.codegen.tile;

/**
 * Operations that only some processors have as one instruction; {@link ExpandNarrow} writes them in
 * others for the rest.
 */
public enum Extension {
  /** {@link Tile.UnaryOp#TO_BF16}. */
  TO_BF16,
  /** {@link Tile.Dot} of {@link Tile.DotKind#BF16}. */
  DOT_BF16,
  /** {@link Tile.Dot} of {@link Tile.DotKind#U8I8}. */
  DOT_U8I8
}
