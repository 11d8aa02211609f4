package dev.tilewright.codegen.lower;

import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Register;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reductions along a row. Where the row's elements lie side by side they go across the lanes,
 * element i into lane {@code i mod C} of a tile of C columns, and the tile is folded at the end;
 * otherwise the lanes hold neighbouring rows, and each sum runs straight along its own. Either way
 * an element's place in the sum depends on its index alone: zeros after the end of a row, and the
 * rows around it, change no bit.
 */
final class RowReductionLowering {
  private final MachineModel machine;

  RowReductionLowering(MachineModel machine) {
    this.machine = machine;
  }

  Lowered lower(Region.RowReduction region, KernelScope scope) {
    Region.RowReduction merged = merge(region);
    List<Element> elements = elements(merged);
    List<Axis> candidates = new ArrayList<>(merged.axes());
    candidates.add(merged.row());
    Optional<Axis> lane = LaneAxis.choose(candidates, elements, stores(merged, candidates));
    boolean alongRow = lane.isPresent() && lane.get().equals(merged.row());
    Chunks chunks =
        lane.map(axis -> Chunks.of(axis.extent(), machine))
            .orElse(Chunks.scalar(dev.tilewright.Dim.ONE));
    List<Axis> outer =
        merged.axes().stream().filter(axis -> lane.isEmpty() || !axis.equals(lane.get())).toList();
    Index perPoint = alongRow ? Index.ONE : chunks.count();
    Statement loop =
        WorkShare.loop(
            scope,
            WorkShare.points(outer).times(perPoint),
            item -> {
              List<Statement> body = new ArrayList<>();
              Map<String, Index> positions =
                  WorkShare.positions(scope, outer, item.dividedBy(perPoint), body);
              if (alongRow) {
                body.addAll(
                    new RowSweeps.AlongRow(scope, machine, merged, chunks, positions).statements());
              } else {
                body.addAll(
                    chunks.chunk(
                        scope,
                        item.remainder(perPoint),
                        (start, valid) -> {
                          Map<String, Index> at = new HashMap<>(positions);
                          lane.ifPresent(axis -> at.put(axis.name(), start));
                          String laneName = lane.map(Axis::name).orElse(null);
                          return new RowSweeps.AcrossRows(
                                  scope, merged, chunks.columns(), laneName, valid, at)
                              .statements();
                        }));
              }
              return body;
            });
    String comment = "reductions over " + merged.row() + " for " + merged.axes();
    return new Lowered(scope.finish(List.of(loop), comment), scope.parameterNames());
  }

  static List<Element> elements(Region.RowReduction region) {
    List<Element> elements = new ArrayList<>();
    region.reductions().forEach(reduction -> elements.add(reduction.element()));
    region.outputs().forEach(output -> elements.add(output.element()));
    return elements;
  }

  /** Offsets of the stores that cover the row; of all, if the row is only reduced. */
  private static List<Affine> stores(Region.RowReduction region, List<Axis> candidates) {
    List<Affine> overRow =
        region.outputs().stream()
            .filter(Region.Output::overRow)
            .map(Region.Output::offset)
            .toList();
    return overRow.isEmpty() || candidates.isEmpty()
        ? region.outputs().stream().map(Region.Output::offset).toList()
        : overRow;
  }

  private static Region.RowReduction merge(Region.RowReduction region) {
    List<Affine> offsets = new ArrayList<>(Elements.offsets(elements(region)));
    region.outputs().forEach(output -> offsets.add(output.offset()));
    AxisCollapse collapse = AxisCollapse.of(region.axes(), offsets);
    Elements.OffsetMap map = new Elements.OffsetMap(collapse::apply);
    return new Region.RowReduction(
        region.name(),
        collapse.axes(),
        region.row(),
        region.reductions().stream()
            .map(r -> new Region.Reduction(r.name(), r.kind(), map.apply(r.element())))
            .toList(),
        collapse.apply(region.outputs(), map),
        region.origin());
  }

  /** What a reduction starts from. */
  static double identity(Region.Reduction reduction) {
    boolean whole = reduction.element().dtype() == dev.tilewright.DType.INT32;
    return switch (reduction.kind()) {
      case SUM -> 0;
      case MAX -> whole ? Integer.MIN_VALUE : Double.NEGATIVE_INFINITY;
      case MIN -> whole ? Integer.MAX_VALUE : Double.POSITIVE_INFINITY;
    };
  }

  /** {@code kind(accumulated, value)}; a NaN stays. */
  static Tile combine(Region.Reduction reduction, Register accumulated, Tile value) {
    Tile before = new Tile.Read(accumulated);
    return switch (reduction.kind()) {
      case SUM -> new Tile.Binary(Tile.BinaryOp.ADD, before, value);
      case MAX -> SweepBuilder.propagateNan(Tile.BinaryOp.MAX, value, before);
      case MIN -> SweepBuilder.propagateNan(Tile.BinaryOp.MIN, value, before);
    };
  }

  static Tile.Fold fold(Region.Reduction reduction) {
    return Tile.Fold.valueOf(reduction.kind().name());
  }
}
