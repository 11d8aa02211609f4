package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.cost.TileSize;
import dev.tilewright.codegen.tile.DotCost;
import dev.tilewright.codegen.tile.Extension;
import dev.tilewright.codegen.tile.MachineModel;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The accumulators of a matrix product that stay in registers: at each step of the sum, every row's
 * element is multiplied with every column's.
 *
 * @param rows a power of two, so that halves of it make up any remainder
 * @param columns a multiple of the lanes, or 1 where nothing lies across lanes
 */
record MicroTile(int rows, int columns) {
  private static final int MOST_ROWS = 16;
  private static final int MOST_VECTORS = 6;

  /**
   * How much work a loop body may hold before the loop around it costs nothing, in multiply-adds.
   */
  private static final int UNROLLED_MULTIPLY_ADDS = 96;

  private static final int MOST_UNROLL = 8;

  /**
   * The tiles that fit the registers, the cheapest first. A tile of r rows and v vectors holds
   * {@code r*v} accumulators, v vectors and an element (a vector of them for each row where a
   * multiply-add takes them out of one; and a product, where multiply and add are two
   * instructions), and costs a step of multiply-adds
   *
   * <pre>max(r*v/multiplyAdds, latency) + v*FAR + r*NEAR</pre>
   *
   * because each accumulator waits for its last value, vectors of panels come from the second-level
   * cache and elements from the first. That is taken as often as there are tiles.
   */
  static List<MicroTile> candidates(MachineModel machine, DotCost cost, Dim rows, Dim columns) {
    if (columns.is(1)) {
      return List.of(new MicroTile(largestRows(machine, rows), 1));
    }
    long manyRows = Extents.typical(rows);
    long vectors = Math.ceilDiv(Extents.typical(columns), machine.lanes());
    Map<MicroTile, Double> costs = new LinkedHashMap<>();
    for (int r = 1; r <= largestRows(machine, rows); r *= 2) {
      for (int v = 1; v <= Math.min(vectors, MOST_VECTORS); v++) {
        if (fits(machine, cost, r, v)) {
          double step = stepCycles(machine, cost, r, v);
          costs.put(
              new MicroTile(r, v * machine.lanes()),
              step * Math.ceilDiv(manyRows, r) * Math.ceilDiv(vectors, v));
        }
      }
    }
    return costs.keySet().stream().sorted(Comparator.comparing(costs::get)).toList();
  }

  /** As others know it. */
  TileSize size() {
    return new TileSize(rows, columns);
  }

  /** The most rows that fit the registers beside so many columns. */
  static MicroTile ofColumns(MachineModel machine, Dim rows, int columns) {
    int most = largestRows(machine, rows);
    DotCost cost = ProductStep.MULTIPLY_ADD.cost(machine, DType.FLOAT32, DType.FLOAT32);
    while (most > 1 && !fits(machine, cost, most, Math.ceilDiv(columns, machine.lanes()))) {
      most /= 2;
    }
    return new MicroTile(most, columns);
  }

  /** The most columns, a power of two of vectors, that fit the registers beside so many rows. */
  static MicroTile ofRows(MachineModel machine, int rows, int mostVectors) {
    DotCost cost = ProductStep.MULTIPLY_ADD.cost(machine, DType.FLOAT32, DType.FLOAT32);
    int vectors = Integer.highestOneBit(mostVectors);
    while (vectors > 1 && !fits(machine, cost, rows, vectors)) {
      vectors /= 2;
    }
    return new MicroTile(rows, vectors * machine.lanes());
  }

  /** Cycles of one step of the sum. */
  static double stepCycles(MachineModel machine, DotCost cost, int rows, int vectors) {
    double far = 0.5 + cost.vector();
    double near = 0.25 + cost.row();
    double work = rows * vectors * cost.accumulate();
    double busy = Math.max(work / machine.multiplyAdds(), machine.latency());
    return busy + vectors * far + rows * near;
  }

  int vectors(MachineModel machine) {
    return Math.ceilDiv(columns, machine.lanes());
  }

  /**
   * How often the loop over the sum is written out for a tile of that many rows. LLVM mixes turns
   * of several instructions an accumulator, so they are only where less than half of the registers
   * are held.
   */
  int unroll(MachineModel machine, DotCost cost, int tileRows) {
    int held = tileRows * vectors(machine) + vectors(machine) * cost.copies() + cost.temporaries();
    if (cost.accumulate() > 1 && 2 * held >= machine.vectorRegisters()) {
      return 1;
    }
    double each = 1 + cost.vector();
    int turns = (int) (UNROLLED_MULTIPLY_ADDS / (tileRows * vectors(machine) * each));
    return Integer.highestOneBit(Math.clamp(turns, 1, MOST_UNROLL));
  }

  private static boolean fits(MachineModel machine, DotCost cost, int rows, int vectors) {
    int elements = machine.has(Extension.COLUMN_FACTOR) ? rows : 0;
    int held =
        rows * vectors * cost.sums() + vectors * cost.copies() + elements + cost.temporaries();
    return held <= machine.vectorRegisters();
  }

  private static int largestRows(MachineModel machine, Dim rows) {
    int most = Math.min(MOST_ROWS, machine.vectorRegisters() / 2);
    return rows.isKnown()
        ? (int) Math.min(most, Long.highestOneBit(Math.max(1, 2 * rows.value() - 1)))
        : most;
  }
}
