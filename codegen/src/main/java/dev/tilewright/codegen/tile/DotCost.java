package dev.tilewright.codegen.tile;

/**
 * What a step of a sum of {@link Tile.Dot} products costs and holds in registers, in vector
 * instructions.
 *
 * @param accumulate for each accumulator
 * @param vector for each vector of the operand along lanes, besides its load
 * @param row for each element of the other, besides its load
 * @param copies registers that a vector of the operand along lanes takes
 * @param temporaries registers besides
 * @param sums registers that an accumulator takes
 */
public record DotCost(
    double accumulate, double vector, double row, int copies, int temporaries, int sums) {
  /** What a term of a second sum takes: converted, scaled, shifted, scaled and added. */
  private static final double TERM = 4;

  /** With one register an accumulator. */
  public DotCost(double accumulate, double vector, double row, int copies, int temporaries) {
    this(accumulate, vector, row, copies, temporaries, 1);
  }

  /** With a second sum an accumulator, to which the first is added after so many steps. */
  public DotCost totalled(double steps) {
    return new DotCost(accumulate + TERM / steps, vector, row, copies, temporaries, 2);
  }

  /** Of one instruction. */
  public static final DotCost INSTRUCTION = new DotCost(1, 0, 0, 1, 1);

  /**
   * Of U8I8 by products of signed elements: the unsigned ones less 128, and a product more for each
   * vector.
   */
  static final DotCost SIGNED = new DotCost(1, 1, 0.25, 2, 1);

  /** Of the shifts, masks and products that {@link ExpandNarrow} writes. */
  static DotCost ofExpansion(Tile.DotKind kind, boolean hasFma) {
    return switch (kind) {
      case BF16 -> new DotCost(2, 2, 4, 2, hasFma ? 6 : 3);
      case U8I8, U7I8, I8I8 -> new DotCost(8, 7, 14, 4, 3);
    };
  }
}
