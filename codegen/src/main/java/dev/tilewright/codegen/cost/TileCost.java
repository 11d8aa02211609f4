package dev.tilewright.codegen.cost;

import dev.tilewright.codegen.tile.DotCost;
import dev.tilewright.codegen.tile.Extension;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Vector instructions that the tiles of one statement come to; what is shared counts once. */
final class TileCost {
  /** A loop around them is written over the vectors of a tile, so a tile costs per vector. */
  private final MachineModel machine;

  private final Set<Tile> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  TileCost(MachineModel machine) {
    this.machine = machine;
  }

  /** What storing a value costs, the value not counted. */
  Work store(Statement.Store store, Tile.Shape shape) {
    double stores = store.columnStride().isConstant(1) ? vectors(shape) : elements(shape);
    return new Work(0, 0, stores, 0);
  }

  Work of(Tile tile) {
    if (!seen.add(tile)) {
      return Work.NONE;
    }
    Work work = own(tile);
    for (Tile operand : tile.operands()) {
      work = work.plus(of(operand));
    }
    return work;
  }

  private Work own(Tile tile) {
    double vectors = vectors(tile.shape());
    return switch (tile) {
      case Tile.Fill _, Tile.Read _, Tile.Ramp _ -> Work.NONE;
      case Tile.Load load -> Work.ofLoads(loads(load));
      case Tile.Gather gather -> Work.ofLoads(elements(gather.shape()));
      case Tile.Unary unary -> Work.ofArithmetic(vectors * instructions(unary.op()));
      case Tile.Binary binary -> Work.ofArithmetic(vectors * instructions(binary.op()));
      case Tile.MultiplyAdd _ -> Work.ofArithmetic(machine.hasFma() ? vectors : 2 * vectors);
      case Tile.Dot dot -> dot(dot, vectors);
      case Tile.Pack pack -> Work.ofArithmetic(vectors * 2 * pack.parts().size());
      case Tile.Table _ -> Work.ofArithmetic(vectors);
      case Tile.Select _ -> Work.ofArithmetic(vectors);
      case Tile.FoldColumns fold -> Work.ofArithmetic(foldColumns(fold.operand().shape()));
      case Tile.Column _ ->
          machine.has(Extension.COLUMN_FACTOR) ? Work.NONE : Work.ofArithmetic(tile.shape().rows());
      case Tile.FoldRows fold ->
          Work.ofArithmetic(vectors(fold.operand().shape()) - vectors(fold.shape()));
    };
  }

  /** A row's vectors onto one, then its halves: a shuffle and an operation each. */
  private double foldColumns(Tile.Shape shape) {
    double halvings = Integer.numberOfTrailingZeros(machine.lanes());
    return shape.rows() * (vectors(new Tile.Shape(1, shape.columns())) - 1 + 2 * halvings);
  }

  private double loads(Tile.Load load) {
    Index stride = load.columnStride();
    if (stride.isConstant(0)) {
      return load.shape().rows();
    }
    return stride.isConstant(1) ? vectors(load.shape()) : elements(load.shape());
  }

  private double vectors(Tile.Shape shape) {
    return (double) shape.rows() * Math.ceilDiv(shape.columns(), machine.lanes());
  }

  private static double elements(Tile.Shape shape) {
    return (double) shape.rows() * shape.columns();
  }

  /** Those of a function that is still to be expanded are the expansion's. */
  private double instructions(Tile.UnaryOp op) {
    return switch (op) {
      case EXP -> 16;
      case COARSE_EXP, COARSE_ERF -> 12;
      case LOG, TANH, SIN, COS, ERF -> 30;
      case RSQRT -> 24;
      case SQRT -> 12;
      case TO_INT -> 6;
      case NEG, ABS, FLOOR, ROUND, NOT, TO_INT_EXACT, TO_FLOAT, MASK_TO_INT -> 1;
      case TO_BF16 -> machine.has(Extension.TO_BF16) ? 1 : 7;
      case BITS_TO_INT, BITS_TO_FLOAT -> 0;
    };
  }

  private Work dot(Tile.Dot dot, double vectors) {
    DotCost cost = machine.cost(dot.kind());
    double arithmetic = vectors * cost.accumulate();
    for (Tile operand : List.of(dot.left(), dot.right())) {
      double each = operand.shape().columns() == 1 ? cost.row() : cost.vector();
      arithmetic += each * vectors(operand.shape());
    }
    return Work.ofArithmetic(arithmetic);
  }

  private static double instructions(Tile.BinaryOp op) {
    return switch (op) {
      case DIV -> 10;
      case POW -> 70;
      case SCALE -> 2;
      case ADD, SUB, MUL, MIN, MAX, AND, OR, XOR, SHIFT_LEFT, SHIFT_RIGHT -> 1;
      case LT, LE, GT, GE, EQ, NE -> 1;
    };
  }
}
