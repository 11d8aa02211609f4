package dev.tilewright.codegen.tile;

/**
 * Operations that only some processors have as one instruction. {@link ExpandNarrow} writes those
 * of narrow numbers in others for the rest; {@link ExpandMath} uses the others where they are.
 */
public enum Extension {
  /** {@link Tile.UnaryOp#TO_BF16}. */
  TO_BF16,
  /** {@link Tile.Dot} of {@link Tile.DotKind#BF16}. */
  DOT_BF16,
  /** {@link #DOT_BF16} whose left operand is one word for all lanes; called with that word. */
  DOT_BF16_BY_WORD,
  /** {@link Tile.Dot} of {@link Tile.DotKind#U8I8}. */
  DOT_U8I8,
  /** {@link Tile.Dot} of {@link Tile.DotKind#U7I8}, in less than {@link #DOT_U8I8} takes. */
  DOT_U7I8,
  /** {@link Tile.Dot} of {@link Tile.DotKind#I8I8}. */
  DOT_I8I8,
  /** Its {@link #DOT_BF16} does not take numbers below 2^-126 as zero. */
  SUBNORMAL_BF16,
  /** {@link Tile.BinaryOp#SCALE}; called with a source, a mask and a rounding mode as well. */
  SCALE,
  /** {@link Tile.Table}. */
  TABLE,
  /** {@link Tile.Column} of a vector as a factor, within the multiply-add. */
  COLUMN_FACTOR
}
