package dev.tilewright.codegen.tile;

import dev.tilewright.codegen.tile.Tile.BinaryOp;
import dev.tilewright.codegen.tile.Tile.Shape;
import dev.tilewright.codegen.tile.Tile.Type;
import dev.tilewright.codegen.tile.Tile.UnaryOp;
import java.util.function.UnaryOperator;

/** How formulas over tiles of one shape are written down. */
abstract class Formulas {
  final Shape shape;
  final UnaryOperator<Tile> keep;

  /**
   * @param shape of all operands
   * @param keep puts a value in a register and returns how it is read
   */
  Formulas(Shape shape, UnaryOperator<Tile> keep) {
    this.shape = shape;
    this.keep = keep;
  }

  /** The value, negative if x is; it must not have the other sign already. */
  Tile withSign(Tile value, Tile x) {
    Tile sign = binary(BinaryOp.AND, unary(UnaryOp.BITS_TO_INT, x), whole(Integer.MIN_VALUE));
    return unary(
        UnaryOp.BITS_TO_FLOAT, binary(BinaryOp.OR, unary(UnaryOp.BITS_TO_INT, value), sign));
  }

  /** {@code c[0] + c[1]*x + c[2]*x^2 + ...}. */
  Tile horner(float[] c, Tile x) {
    Tile sum = real(c[c.length - 1]);
    for (int i = c.length - 2; i >= 0; i--) {
      sum = fma(sum, x, real(c[i]));
    }
    return sum;
  }

  Tile real(double value) {
    return new Tile.Fill(shape, Type.F32, value);
  }

  Tile whole(int value) {
    return new Tile.Fill(shape, Type.I32, value);
  }

  static Tile unary(UnaryOp op, Tile x) {
    return new Tile.Unary(op, x);
  }

  static Tile binary(BinaryOp op, Tile x, Tile y) {
    return new Tile.Binary(op, x, y);
  }

  static Tile add(Tile x, Tile y) {
    return binary(BinaryOp.ADD, x, y);
  }

  static Tile sub(Tile x, Tile y) {
    return binary(BinaryOp.SUB, x, y);
  }

  static Tile mul(Tile x, Tile y) {
    return binary(BinaryOp.MUL, x, y);
  }

  static Tile min(Tile x, Tile y) {
    return binary(BinaryOp.MIN, x, y);
  }

  static Tile max(Tile x, Tile y) {
    return binary(BinaryOp.MAX, x, y);
  }

  static Tile fma(Tile x, Tile y, Tile z) {
    return new Tile.MultiplyAdd(x, y, z);
  }

  static Tile select(Tile condition, Tile yes, Tile no) {
    return new Tile.Select(condition, yes, no);
  }
}
