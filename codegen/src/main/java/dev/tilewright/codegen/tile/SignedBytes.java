package dev.tilewright.codegen.tile;

/**
 * Products of unsigned and signed bytes on a machine that multiplies signed ones only:
 *
 * <pre>u*s = (u-128)*s - (-128)*s</pre>
 *
 * <p>The second part is one sum for all that is multiplied with the same {@code s}.
 */
public final class SignedBytes {
  private static final Tile HALVES = new Tile.Fill(new Tile.Shape(1, 1), Tile.Type.I32, 0x80808080);

  private SignedBytes() {}

  /** Words of {@code u-128}. */
  public static Tile lessHalf(Tile unsigned) {
    return new Tile.Binary(Tile.BinaryOp.XOR, unsigned, HALVES);
  }

  /** {@code sum + (-128)*s}. */
  public static Tile excess(Tile signed, Tile sum) {
    return new Tile.Dot(Tile.DotKind.I8I8, HALVES, signed, sum);
  }

  /** {@code addend + u*s} by itself. */
  static Tile dot(Tile.Dot dot) {
    Tile none = new Tile.Fill(dot.right().shape(), Tile.Type.I32, 0);
    Tile product = new Tile.Dot(Tile.DotKind.I8I8, lessHalf(dot.left()), dot.right(), dot.addend());
    return new Tile.Binary(Tile.BinaryOp.SUB, product, excess(dot.right(), none));
  }
}
