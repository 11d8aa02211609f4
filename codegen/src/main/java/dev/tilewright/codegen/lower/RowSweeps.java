package dev.tilewright.codegen.lower;

import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Register;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import dev.tilewright.op.Primitive.ReduceKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The sweeps over a row: one for each group of reductions that do not wait for each other, one for
 * the outputs. A row along the lanes that is short enough is loaded once: what several sweeps use
 * of it stays in registers.
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

    /** Accumulators, and what an element's computation needs. */
    private static final int WORKING_REGISTERS = 8;

    private final KernelScope scope;
    private final Region.RowReduction region;
    private final Chunks chunks;
    private final Map<String, Index> positions;
    private final Map<String, Tile> locals = new HashMap<>();
    private final List<List<Region.Reduction>> groups;
    private final List<Region.Output> overRow;
    private final HeldElements held;

    /** For each chunk, the registers of what is held of it; empty if the row does not fit. */
    private final List<Map<Element, Register>> registers = new ArrayList<>();

    /**
     * @param positions of the axes other than the row
     */
    AlongRow(
        KernelScope scope,
        MachineModel machine,
        Region.RowReduction region,
        Chunks chunks,
        Map<String, Index> positions) {
      this.scope = scope;
      this.region = region;
      this.chunks = chunks;
      this.positions = positions;
      this.groups = groups(region);
      this.overRow = region.outputs().stream().filter(Region.Output::overRow).toList();
      List<List<Element>> sweeps = new ArrayList<>();
      groups.forEach(group -> sweeps.add(reduced(group)));
      sweeps.add(elements(overRow));
      this.held = HeldElements.of(sweeps, region.row().name());
      if (chunks.extent().isKnown() && held.most() > 0) {
        long count = Math.ceilDiv(chunks.extent().value(), chunks.columns());
        long vectors = count * Math.ceilDiv(chunks.columns(), machine.lanes());
        if (held.most() * vectors <= machine.vectorRegisters() - WORKING_REGISTERS) {
          for (long chunk = 0; chunk < count; chunk++) {
            registers.add(new IdentityHashMap<>());
          }
        }
      }
    }

    private static List<Element> reduced(List<Region.Reduction> group) {
      return group.stream().map(Region.Reduction::element).toList();
    }

    List<Statement> statements() {
      List<Statement> all = new ArrayList<>();
      for (int number = 0; number < groups.size(); number++) {
        all.addAll(reduce(number, groups.get(number)));
      }
      if (!overRow.isEmpty()) {
        all.addAll(
            overChunks(
                groups.size(), elements(overRow), (sweep, valid) -> overRow.forEach(sweep::store)));
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

    /**
     * A sweep over the row: chunk after chunk, in a loop or, if something is held, written out.
     *
     * @param fill writes what is to be done with a chunk; it is told how many columns are valid
     */
    private List<Statement> overChunks(
        int number, List<Element> elements, BiConsumer<SweepBuilder, Index> fill) {
      if (registers.isEmpty()) {
        return chunks.loop(
            scope,
            (start, valid) -> {
              SweepBuilder sweep = sweep(start, valid, elements);
              fill.accept(sweep, valid);
              return sweep.statements();
            });
      }
      List<Statement> all = new ArrayList<>();
      for (int chunk = 0; chunk < registers.size(); chunk++) {
        long start = (long) chunk * chunks.columns();
        Index valid = Index.of(Math.min(chunks.columns(), chunks.extent().value() - start));
        SweepBuilder sweep = sweep(Index.of(start), valid, elements);
        Map<Element, Register> own = registers.get(chunk);
        own.forEach((element, register) -> sweep.define(element, new Tile.Read(register)));
        for (Element element : held.after().get(number)) {
          if (!own.containsKey(element)) {
            hold(element, sweep, own);
          }
        }
        fill.accept(sweep, valid);
        all.addAll(sweep.statements());
      }
      return all;
    }

    private void hold(Element element, SweepBuilder sweep, Map<Element, Register> own) {
      Tile value = sweep.value(element);
      Tile.Shape shape = new Tile.Shape(1, chunks.columns());
      if (value.shape().equals(shape)) {
        Register register = scope.register("held", shape, value.type());
        sweep.set(register, value);
        sweep.define(element, new Tile.Read(register));
        own.put(element, register);
      }
    }

    private List<Statement> reduce(int number, List<Region.Reduction> group) {
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
          overChunks(
              number,
              reduced(group),
              (sweep, valid) ->
                  group.forEach(
                      reduction ->
                          accumulate(sweep, reduction, accumulators.get(reduction), valid))));
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
