package dev.tilewright.codegen.lower;

import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Elementwise regions: one loop over tiles of one row, in the order of memory, cut between workers.
 */
final class PointwiseLowering {
  private final MachineModel machine;

  PointwiseLowering(MachineModel machine) {
    this.machine = machine;
  }

  Lowered lower(Region.Pointwise region, KernelScope scope) {
    Region.Pointwise merged = merge(region);
    List<Element> elements = merged.outputs().stream().map(Region.Output::element).toList();
    List<Affine> stores = merged.outputs().stream().map(Region.Output::offset).toList();
    Optional<Axis> lane = LaneAxis.choose(merged.axes(), elements, stores);
    List<Axis> outer =
        merged.axes().stream().filter(axis -> lane.isEmpty() || !axis.equals(lane.get())).toList();
    Chunks chunks =
        lane.map(axis -> Chunks.of(axis.extent(), machine))
            .orElse(Chunks.scalar(dev.tilewright.Dim.ONE));
    Index items = WorkShare.points(outer).times(chunks.count());
    Statement loop =
        WorkShare.loop(
            scope,
            items,
            item -> {
              List<Statement> body = new ArrayList<>();
              Map<String, Index> positions =
                  WorkShare.positions(scope, outer, item.dividedBy(chunks.count()), body);
              body.addAll(
                  chunks.chunk(
                      scope,
                      item.remainder(chunks.count()),
                      (start, valid) ->
                          tile(merged, elements, scope, lane, positions, chunks, start, valid)));
              return body;
            });
    return new Lowered(
        scope.finish(List.of(loop), "pointwise over " + merged.axes()), scope.parameterNames());
  }

  private static List<Statement> tile(
      Region.Pointwise region,
      List<Element> elements,
      KernelScope scope,
      Optional<Axis> lane,
      Map<String, Index> outer,
      Chunks chunks,
      Index start,
      Index valid) {
    Map<String, Index> positions = new HashMap<>(outer);
    lane.ifPresent(axis -> positions.put(axis.name(), start));
    TilePlace place =
        new TilePlace(
            new Tile.Shape(1, chunks.columns()),
            null,
            lane.map(Axis::name).orElse(null),
            positions,
            valid,
            Map.of());
    SweepBuilder sweep = new SweepBuilder(scope, place, elements);
    region.outputs().forEach(sweep::store);
    return sweep.statements();
  }

  private static Region.Pointwise merge(Region.Pointwise region) {
    List<Affine> offsets =
        new ArrayList<>(
            Elements.offsets(region.outputs().stream().map(Region.Output::element).toList()));
    region.outputs().forEach(output -> offsets.add(output.offset()));
    AxisCollapse collapse = AxisCollapse.of(region.axes(), offsets);
    Elements.OffsetMap map = new Elements.OffsetMap(collapse::apply);
    return new Region.Pointwise(
        region.name(), collapse.axes(), collapse.apply(region.outputs(), map), region.origin());
  }
}
