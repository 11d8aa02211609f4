package dev.tilewright.codegen.lower;

import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Register;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import dev.tilewright.op.Primitive.ReduceKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The sweeps over a row: one for each group of reductions that do not wait for each other, one for
 * the outputs.
 */
final class RowSweeps {
  private RowSweeps() {}

  /** Reductions in the order declared, cut where one uses another of the same group. */
  private static List<List<Region.Reduction>> groups(Region.RowReduction region) {
    List<List<Region.Reduction>> groups = new ArrayList<>();
    for (Region.Reduction reduction : region.reductions()) {
      boolean waits =
          groups.isEmpty()
              || groups.getLast().stream()
                  .anyMatch(before -> Elements.uses(reduction.element(), before.name()));
      if (waits) {
        groups.add(new ArrayList<>());
      }
      groups.getLast().add(reduction);
    }
    return groups;
  }

  private static List<Element> elements(List<Region.Output> outputs) {
    return outputs.stream().map(Region.Output::element).toList();
  }

  /** The row across the lanes. */
  static final class AlongRow {
    private static final Tile.Shape SCALAR = new Tile.Shape(1, 1);

    private final KernelScope scope;
    private final Region.RowReduction region;
    private final Chunks chunks;
    private final Map<String, Index> positions;
    private final Map<String, Tile> locals = new HashMap<>();

    /**
     * @param positions of the axes other than the row
     */
    AlongRow(
        KernelScope scope,
        Region.RowReduction region,
        Chunks chunks,
        Map<String, Index> positions) {
      this.scope = scope;
      this.region = region;
      this.chunks = chunks;
      this.positions = positions;
    }

    List<Statement> statements() {
      List<Statement> all = new ArrayList<>();
      groups(region).forEach(group -> all.addAll(reduce(group)));
      List<Region.Output> overRow =
          region.outputs().stream().filter(Region.Output::overRow).toList();
      if (!overRow.isEmpty()) {
        all.addAll(
            chunks.loop(
                scope,
                (start, valid) -> {
                  SweepBuilder sweep = sweep(start, valid, elements(overRow));
                  overRow.forEach(sweep::store);
                  return sweep.statements();
                }));
      }
      List<Region.Output> single =
          region.outputs().stream().filter(output -> !output.overRow()).toList();
      if (!single.isEmpty()) {
        TilePlace place = new TilePlace(SCALAR, null, null, positions, Index.ONE, locals);
        SweepBuilder sweep = new SweepBuilder(scope, place, elements(single));
        single.forEach(sweep::store);
        all.addAll(sweep.statements());
      }
      return all;
    }

    private List<Statement> reduce(List<Region.Reduction> group) {
      List<Statement> all = new ArrayList<>();
      Map<Region.Reduction, Register> accumulators = new HashMap<>();
      Tile.Shape shape = new Tile.Shape(1, chunks.columns());
      for (Region.Reduction reduction : group) {
        Tile.Type type = Tile.Type.of(reduction.element().dtype());
        Register accumulator = scope.register("acc_" + reduction.name(), shape, type);
        accumulators.put(reduction, accumulator);
        double identity = RowReductionLowering.identity(reduction);
        all.add(new Statement.Set(accumulator, new Tile.Fill(shape, type, identity)));
      }
      all.addAll(
          chunks.loop(
              scope,
              (start, valid) -> {
                SweepBuilder sweep =
                    sweep(start, valid, group.stream().map(Region.Reduction::element).toList());
                group.forEach(
                    reduction -> accumulate(sweep, reduction, accumulators.get(reduction), valid));
                return sweep.statements();
              }));
      for (Region.Reduction reduction : group) {
        Register accumulator = accumulators.get(reduction);
        Register result = scope.register(reduction.name(), SCALAR, accumulator.type());
        all.add(new Statement.Set(result, folded(reduction, new Tile.Read(accumulator))));
        locals.put(reduction.name(), new Tile.Read(result));
      }
      return all;
    }

    /**
     * The columns in one. Folds of MAX and MIN pass a NaN over, so whether there is one is asked
     * apart.
     */
    private static Tile folded(Region.Reduction reduction, Tile accumulated) {
      Tile result = new Tile.FoldColumns(RowReductionLowering.fold(reduction), accumulated);
      if (reduction.kind() == ReduceKind.SUM || accumulated.type() != Tile.Type.F32) {
        return result;
      }
      Tile strange =
          new Tile.Select(
              new Tile.Binary(Tile.BinaryOp.NE, accumulated, accumulated), scalar(1), scalar(0));
      Tile any = new Tile.FoldColumns(Tile.Fold.MAX, strange);
      return new Tile.Select(
          new Tile.Binary(Tile.BinaryOp.GT, any, scalar(0)), scalar(Double.NaN), result);
    }

    private static Tile scalar(double value) {
      return new Tile.Fill(SCALAR, Tile.Type.F32, value);
    }

    private void accumulate(
        SweepBuilder sweep, Region.Reduction reduction, Register accumulator, Index valid) {
      Tile value = sweep.shared(sweep.value(reduction.element()));
      Tile combined = RowReductionLowering.combine(reduction, accumulator, value);
      boolean whole = valid.isConstant(chunks.columns());
      sweep.set(
          accumulator,
          whole
              ? combined
              : new Tile.Select(sweep.validColumns(), combined, new Tile.Read(accumulator)));
    }

    private SweepBuilder sweep(Index start, Index valid, List<Element> elements) {
      Map<String, Index> at = new HashMap<>(positions);
      at.put(region.row().name(), start);
      Tile.Shape shape = new Tile.Shape(1, chunks.columns());
      return new SweepBuilder(
          scope, new TilePlace(shape, null, region.row().name(), at, valid, locals), elements);
    }
  }

  /** Neighbouring rows across the lanes. */
  static final class AcrossRows {
    private final KernelScope scope;
    private final Region.RowReduction region;
    private final Tile.Shape shape;
    private final String lane;
    private final Index valid;
    private final Map<String, Index> positions;
    private final Map<String, Tile> locals = new HashMap<>();

    /**
     * @param columns how many rows side by side
     * @param lane the axis they go along, or null
     * @param valid how many of them there are
     * @param positions of the axes other than the row
     */
    AcrossRows(
        KernelScope scope,
        Region.RowReduction region,
        int columns,
        String lane,
        Index valid,
        Map<String, Index> positions) {
      this.scope = scope;
      this.region = region;
      this.shape = new Tile.Shape(1, columns);
      this.lane = lane;
      this.valid = valid;
      this.positions = positions;
    }

    List<Statement> statements() {
      List<Statement> all = new ArrayList<>();
      groups(region).forEach(group -> all.addAll(reduce(group)));
      List<Region.Output> overRow =
          region.outputs().stream().filter(Region.Output::overRow).toList();
      if (!overRow.isEmpty()) {
        all.add(alongRow(row -> stores(overRow, row)));
      }
      List<Region.Output> single =
          region.outputs().stream().filter(output -> !output.overRow()).toList();
      if (!single.isEmpty()) {
        all.addAll(stores(single, Index.ZERO));
      }
      return all;
    }

    private List<Statement> reduce(List<Region.Reduction> group) {
      List<Statement> all = new ArrayList<>();
      Map<Region.Reduction, Register> accumulators = new HashMap<>();
      for (Region.Reduction reduction : group) {
        Tile.Type type = Tile.Type.of(reduction.element().dtype());
        Register accumulator = scope.register("acc_" + reduction.name(), shape, type);
        accumulators.put(reduction, accumulator);
        double identity = RowReductionLowering.identity(reduction);
        all.add(new Statement.Set(accumulator, new Tile.Fill(shape, type, identity)));
      }
      all.add(
          alongRow(
              row -> {
                SweepBuilder sweep =
                    sweep(row, group.stream().map(Region.Reduction::element).toList());
                for (Region.Reduction reduction : group) {
                  Register accumulator = accumulators.get(reduction);
                  Tile value = sweep.shared(sweep.value(reduction.element()));
                  sweep.set(
                      accumulator, RowReductionLowering.combine(reduction, accumulator, value));
                }
                return sweep.statements();
              }));
      group.forEach(
          reduction -> locals.put(reduction.name(), new Tile.Read(accumulators.get(reduction))));
      return all;
    }

    private Statement alongRow(java.util.function.Function<Index, List<Statement>> body) {
      String row = scope.variable(region.row().name());
      Index extent = Index.of(region.row().extent());
      return new Statement.Loop(row, Index.ZERO, extent, 1, 1, body.apply(Index.variable(row)));
    }

    private List<Statement> stores(List<Region.Output> outputs, Index row) {
      SweepBuilder sweep = sweep(row, elements(outputs));
      outputs.forEach(sweep::store);
      return sweep.statements();
    }

    private SweepBuilder sweep(Index row, List<Element> elements) {
      Map<String, Index> at = new HashMap<>(positions);
      at.put(region.row().name(), row);
      return new SweepBuilder(scope, new TilePlace(shape, null, lane, at, valid, locals), elements);
    }
  }
}
