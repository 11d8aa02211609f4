package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.codegen.tile.DotCost;
import dev.tilewright.codegen.tile.MachineModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which axes of a contraction lie along the rows and the lanes of its tiles, how large the tiles
 * are, and what a step of the sum does with them.
 *
 * @param row an axis of extent 1 that nothing depends on, where no axis can lie along rows
 * @param lane likewise
 * @param words the summed axis whose elements make up words, if the step multiplies words
 */
record TileAxes(Axis row, Axis lane, MicroTile tile, ProductStep step, Optional<Words> words) {
  /** For multiply-adds of single elements. */
  TileAxes(Axis row, Axis lane, MicroTile tile) {
    this(row, lane, tile, ProductStep.MULTIPLY_ADD, Optional.empty());
  }

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

  /**
   * The axes with the least estimated cycles. Where the elements have a dot product, one that uses
   * it is taken if there is one: both operands must lie in words along a summed axis, or be packed.
   */
  static TileAxes choose(Region.Contraction region, RegionFunction function, MachineModel machine) {
    List<Axis> candidates =
        region.axes().stream().filter(axis -> canTile(region, axis)).toList().reversed();
    DType left = region.left().dtype();
    DType right = region.right().dtype();
    Optional<ProductStep> dot = ProductStep.ofWords(left, right);
    if (dot.isPresent()) {
      for (Axis over : region.over().reversed()) {
        if (Words.divides(over, dot.get().elements())) {
          Optional<Words> words = Optional.of(new Words(over.name(), dot.get().elements()));
          TileAxes best = choose(region, function, machine, candidates, dot.get(), words);
          if (best != null) {
            return best;
          }
        }
      }
    }
    ProductStep step = ProductStep.ofElements(left, right);
    return choose(region, function, machine, candidates, step, Optional.empty());
  }

  private static TileAxes choose(
      Region.Contraction region,
      RegionFunction function,
      MachineModel machine,
      List<Axis> candidates,
      ProductStep step,
      Optional<Words> words) {
    TileAxes best = null;
    double least = Double.POSITIVE_INFINITY;
    for (Axis lane : with(candidates, NO_LANE)) {
      DotCost stepCost = cost(step, region, lane, machine);
      for (Axis row : with(candidates, NO_ROW)) {
        if (row.equals(lane)) {
          continue;
        }
        MicroTile tile =
            MicroTile.candidates(machine, stepCost, row.extent(), lane.extent()).getFirst();
        TileAxes axes = new TileAxes(row, lane, tile, step, words);
        double cost = axes.cycles(region, function, machine, stepCost);
        if (axes.reaches(region, function) && cost < least) {
          least = cost;
          best = axes;
        }
      }
    }
    return best;
  }

  /** The same axes with tiles of another size. */
  TileAxes withTile(MicroTile other) {
    return new TileAxes(row, lane, other, step, words);
  }

  /** The sizes that tiles may have, the more promising first. */
  List<MicroTile> sizes(Region.Contraction region, MachineModel machine) {
    return MicroTile.candidates(
        machine, cost(step, region, lane, machine), row.extent(), lane.extent());
  }

  /** What is multiplied, for people and for tuning files. */
  String product(Region.Contraction region) {
    return "%s x %s, rows %s, columns %s, depth %s"
        .formatted(
            region.left().dtype(),
            region.right().dtype(),
            row.extent(),
            lane.extent(),
            Extents.points(region.depth()));
  }

  private static DotCost cost(
      ProductStep step, Region.Contraction region, Axis lane, MachineModel machine) {
    boolean left = region.left().offset().axes().contains(lane.name());
    DType vectors = (left ? region.left() : region.right()).dtype();
    DType rows = (left ? region.right() : region.left()).dtype();
    DotCost cost = step.cost(machine, vectors, rows);
    return region.total().isPresent()
        ? cost.totalled((double) Extents.typical(Extents.points(region.over())) / step.elements())
        : cost;
  }

  /** Whether both operands can come as the step wants them. */
  private boolean reaches(Region.Contraction region, RegionFunction function) {
    return Stream.of(region.left(), region.right())
        .allMatch(
            read ->
                words.isEmpty()
                    || words.get().inPlace(read.offset()) != null
                    || switch (access(read, region, function)) {
                      case PANELS, PACK -> true;
                      case BROADCAST, VECTORS, GATHER -> false;
                    });
  }

  /** The summed axes as the steps count them. */
  List<Axis> over(Region.Contraction region) {
    return words.map(cut -> cut.over(region.over())).orElse(region.over());
  }

  /** The operand as a packed weight, if it is one. */
  Optional<WeightPanels> panels(
      Element.Read read, Region.Contraction region, RegionFunction function) {
    Optional<WeightPanels> panels = WeightPanels.of(read, lane, region.depth(), function);
    return words.isPresent() ? panels.flatMap(each -> each.inWords(words.get())) : panels;
  }

  /** How an operand is read. */
  Access access(Element.Read read, Region.Contraction region, RegionFunction function) {
    Dim stride = read.offset().coefficient(lane.name());
    if (stride.equals(Dim.ZERO)) {
      return Access.BROADCAST;
    }
    if (usesOnce(read, region) && panels(read, region, function).isPresent()) {
      return Access.PANELS;
    }
    if (stride.is(1) && words.isEmpty()) {
      return Access.VECTORS;
    }
    return read.offset().coefficient(row.name()).equals(Dim.ZERO) ? Access.PACK : Access.GATHER;
  }

  /** The axes that tiles do not lie along. */
  List<Axis> outer(Region.Contraction region) {
    return region.axes().stream().filter(axis -> !axis.equals(row) && !axis.equals(lane)).toList();
  }

  private double cycles(
      Region.Contraction region, RegionFunction function, MachineModel machine, DotCost cost) {
    int vectors = tile.vectors(machine);
    double rowTiles = Math.ceilDiv(Extents.typical(row.extent()), tile.rows());
    double tiles =
        rowTiles
            * Math.ceilDiv(Extents.typical(lane.extent()), tile.columns())
            * Extents.typical(Extents.points(outer(region)));
    double step = MicroTile.stepCycles(machine, cost, tile.rows(), vectors);
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
    List<Affine> offsets = new ArrayList<>(Elements.offsets(region.epilogue()));
    region.outputs().forEach(output -> offsets.add(output.offset()));
    for (Affine offset : offsets) {
      Dim stride = offset.coefficient(lane.name());
      ends += stride.equals(Dim.ZERO) ? 0 : tile.rows() * (stride.is(1) ? vectors : tile.columns());
    }
    double steps = (double) Extents.typical(Extents.points(region.depth())) / this.step.elements();
    return tiles * (step * steps + ends);
  }

  /**
   * Whether the panels can take the place of the plain weight, which nothing else in the region
   * reads.
   */
  private static boolean usesOnce(Element.Read read, Region.Contraction region) {
    boolean[] once = {!region.left().buffer().equals(region.right().buffer())};
    Elements.visit(
        region.epilogue(),
        element ->
            once[0] &= !(element instanceof Element.Read r && r.buffer().equals(read.buffer())));
    return once[0];
  }

  private static boolean canTile(Region.Contraction region, Axis axis) {
    List<Affine> stores = region.outputs().stream().map(Region.Output::offset).toList();
    return !axis.extent().is(1)
        && region.left().offset().isAffineIn(axis.name())
        && region.right().offset().isAffineIn(axis.name())
        && LaneAxis.possible(axis.name(), region.epilogue(), stores);
  }

  private static List<Axis> with(List<Axis> axes, Axis last) {
    List<Axis> all = new ArrayList<>(axes);
    all.add(last);
    return all;
  }
}
