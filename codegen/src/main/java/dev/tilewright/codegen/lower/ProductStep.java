package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.codegen.tile.DotCost;
import dev.tilewright.codegen.tile.Extension;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Tile;
import dev.tilewright.codegen.tile.Tile.BinaryOp;
import dev.tilewright.codegen.tile.Tile.DotKind;
import dev.tilewright.codegen.tile.Tile.UnaryOp;
import java.util.Optional;

/**
 * What one step of a sum of products does with a tile of either operand.
 *
 * @param dot how words of several elements are multiplied; empty where the operands are single
 *     elements
 * @param swapped whether the right operand's words are the left ones of the dot product
 * @param type of the sum
 */
record ProductStep(Optional<DotKind> dot, boolean swapped, Tile.Type type) {
  /** {@code sum + left*right} in F32. */
  static final ProductStep MULTIPLY_ADD = new ProductStep(Optional.empty(), false, Tile.Type.F32);

  /** Element by element: whole numbers are summed in I32, all else in F32. */
  static ProductStep ofElements(DType left, DType right) {
    boolean whole = Tile.Type.of(left) == Tile.Type.I32 && Tile.Type.of(right) == Tile.Type.I32;
    return whole ? new ProductStep(Optional.empty(), false, Tile.Type.I32) : MULTIPLY_ADD;
  }

  /** Words at a time, if there is a dot product of such elements. */
  static Optional<ProductStep> ofWords(DType left, DType right) {
    if (left == DType.BFLOAT16 && right == DType.BFLOAT16) {
      return Optional.of(new ProductStep(Optional.of(DotKind.BF16), false, Tile.Type.F32));
    }
    boolean straight = left == DType.UINT8 && right == DType.INT8;
    boolean swapped = left == DType.INT8 && right == DType.UINT8;
    return straight || swapped
        ? Optional.of(new ProductStep(Optional.of(DotKind.U8I8), swapped, Tile.Type.I32))
        : Optional.empty();
  }

  /** How many elements of the summed axis it takes. */
  int elements() {
    return dot.map(DotKind::elements).orElse(1);
  }

  /** The step of {@link dev.tilewright.codegen.tile.SignedBytes}. */
  ProductStep ofSigned() {
    return new ProductStep(Optional.of(DotKind.I8I8), swapped, type);
  }

  /**
   * The same for unsigned elements below 128, if they are weights, along lanes, and the machine
   * gains by it.
   */
  Optional<ProductStep> ofSevenBits(MachineModel machine) {
    boolean gains = dot.equals(Optional.of(DotKind.U8I8)) && machine.has(Extension.DOT_U7I8);
    return gains && swapped
        ? Optional.of(new ProductStep(Optional.of(DotKind.U7I8), true, type))
        : Optional.empty();
  }

  /** The sum with one more step. */
  Tile apply(Tile left, Tile right, Tile sum) {
    if (dot.isPresent()) {
      return swapped
          ? new Tile.Dot(dot.get(), right, left, sum)
          : new Tile.Dot(dot.get(), left, right, sum);
    }
    return type == Tile.Type.I32
        ? new Tile.Binary(BinaryOp.ADD, sum, new Tile.Binary(BinaryOp.MUL, left, right))
        : new Tile.MultiplyAdd(real(left), real(right), sum);
  }

  private static Tile real(Tile tile) {
    return tile.type() == Tile.Type.F32 ? tile : new Tile.Unary(UnaryOp.TO_FLOAT, tile);
  }

  /**
   * What a step costs and holds in registers.
   *
   * @param vectors the elements of the operand along lanes
   * @param rows those of the other
   */
  DotCost cost(MachineModel machine, DType vectors, DType rows) {
    int product = machine.hasFma() ? 1 : 2;
    if (dot.isEmpty()) {
      int widening = vectors.isNarrow() ? vectors == DType.BFLOAT16 ? 1 : 2 : 0;
      return new DotCost(1, widening, rows.isNarrow() ? 4 : 0, 1, product);
    }
    return machine.cost(dot.get());
  }
}
