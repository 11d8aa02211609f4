package dev.tilewright.codegen.lower;

import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.codegen.tile.MachineModel;
import java.util.ArrayList;
import java.util.List;

/**
 * Which axes of a contraction lie along the rows and the lanes of its tiles, and how large the
 * tiles are.
 *
 * @param row an axis of extent 1 that nothing depends on, where no axis can lie along rows
 * @param lane likewise
 */
record TileAxes(Axis row, Axis lane, MicroTile tile) {
  /** How an operand reaches the registers. */
  enum Access {
    /** The same for all columns. */
    BROADCAST,
    /** Vectors side by side in memory. */
    VECTORS,
    /** A weight packed before the model runs. */
    PANELS,
    /**
     * Columns apart in memory, the same for all rows: packed once for all tiles below each other.
     */
    PACK,
    /** Elements apart in memory that no two tiles share. */
    GATHER
  }

  private static final Axis NO_ROW = new Axis("row#", Dim.ONE);
  private static final Axis NO_LANE = new Axis("lane#", Dim.ONE);

  /** The pair of axes with the least estimated cycles. */
  static TileAxes choose(Region.Contraction region, RegionFunction function, MachineModel machine) {
    List<Axis> candidates =
        region.axes().stream().filter(axis -> canTile(region, axis)).toList().reversed();
    TileAxes best = null;
    double least = Double.POSITIVE_INFINITY;
    for (Axis lane : with(candidates, NO_LANE)) {
      for (Axis row : with(candidates, NO_ROW)) {
        if (row.equals(lane)) {
          continue;
        }
        TileAxes axes =
            new TileAxes(row, lane, MicroTile.choose(machine, row.extent(), lane.extent()));
        double cost = axes.cycles(region, function, machine);
        if (cost < least) {
          least = cost;
          best = axes;
        }
      }
    }
    return best;
  }

  /** How an operand is read. */
  Access access(Element.Read read, Region.Contraction region, RegionFunction function) {
    Dim stride = read.offset().coefficient(lane.name());
    if (stride.equals(Dim.ZERO)) {
      return Access.BROADCAST;
    }
    if (usesOnce(read, region)
        && WeightPanels.of(read, lane, region.over(), function).isPresent()) {
      return Access.PANELS;
    }
    if (stride.is(1)) {
      return Access.VECTORS;
    }
    return read.offset().coefficient(row.name()).equals(Dim.ZERO) ? Access.PACK : Access.GATHER;
  }

  /** The axes that tiles do not lie along. */
  List<Axis> outer(Region.Contraction region) {
    return region.axes().stream().filter(axis -> !axis.equals(row) && !axis.equals(lane)).toList();
  }

  private double cycles(Region.Contraction region, RegionFunction function, MachineModel machine) {
    int vectors = tile.vectors(machine);
    double rowTiles = Math.ceilDiv(Extents.typical(row.extent()), tile.rows());
    double tiles =
        rowTiles
            * Math.ceilDiv(Extents.typical(lane.extent()), tile.columns())
            * Extents.typical(Extents.points(outer(region)));
    double step = MicroTile.stepCycles(machine, tile.rows(), vectors);
    for (Element.Read read : List.of(region.left(), region.right())) {
      int rows = read.offset().coefficient(row.name()).equals(Dim.ZERO) ? 1 : tile.rows();
      step +=
          switch (access(read, region, function)) {
            case BROADCAST, PANELS -> 0;
            case VECTORS -> rows * vectors * 0.25;
            case PACK -> 2 * tile.columns() / rowTiles;
            case GATHER -> rows * tile.columns();
          };
    }
    double ends = 0;
    List<Affine> offsets = new ArrayList<>(Elements.offsets(elements(region)));
    region.outputs().forEach(output -> offsets.add(output.offset()));
    for (Affine offset : offsets) {
      Dim stride = offset.coefficient(lane.name());
      ends += stride.equals(Dim.ZERO) ? 0 : tile.rows() * (stride.is(1) ? vectors : tile.columns());
    }
    return tiles * (step * Extents.typical(Extents.points(region.over())) + ends);
  }

  /**
   * Whether the panels can take the place of the plain weight, which nothing else in the region
   * reads.
   */
  private static boolean usesOnce(Element.Read read, Region.Contraction region) {
    boolean[] once = {!region.left().buffer().equals(region.right().buffer())};
    Elements.visit(
        elements(region),
        element ->
            once[0] &= !(element instanceof Element.Read r && r.buffer().equals(read.buffer())));
    return once[0];
  }

  private static boolean canTile(Region.Contraction region, Axis axis) {
    List<Affine> stores = region.outputs().stream().map(Region.Output::offset).toList();
    return !axis.extent().is(1)
        && region.left().offset().isAffineIn(axis.name())
        && region.right().offset().isAffineIn(axis.name())
        && LaneAxis.possible(axis.name(), elements(region), stores);
  }

  private static List<Element> elements(Region.Contraction region) {
    return region.outputs().stream().map(Region.Output::element).toList();
  }

  private static List<Axis> with(List<Axis> axes, Axis last) {
    List<Axis> all = new ArrayList<>(axes);
    all.add(last);
    return all;
  }
}
