package dev.tilewright.codegen.lower;

import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Register;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * {@code sum += left*right} over some axes for a tile of accumulators: the inner loop of every
 * product. Each element has one accumulator, and its products are added in ascending order of
 * steps.
 *
 * @param step what is done at each position
 * @param over the summed axes, outermost first, and how far each runs
 */
record ProductSum(
    MachineModel machine,
    KernelScope scope,
    MicroTile tile,
    ProductStep step,
    TileOperand left,
    TileOperand right,
    List<Span> over) {
  /** Of single elements, in F32. */
  ProductSum(
      MachineModel machine,
      KernelScope scope,
      MicroTile tile,
      TileOperand left,
      TileOperand right,
      List<Span> over) {
    this(machine, scope, tile, ProductStep.MULTIPLY_ADD, left, right, over);
  }

  /** {@code 0 .. extent-1}. */
  record Span(String axis, Index extent) {
    static Span of(Axis axis) {
      return new Span(axis.name(), Index.of(axis.extent()));
    }
  }

  /** The shape of the sum of a tile of that many rows. */
  Tile.Shape shape(int rows) {
    return left.shape(rows, tile.columns()).join(right.shape(rows, tile.columns()));
  }

  /**
   * The loops.
   *
   * @param sum holds what is to be added to
   * @param positions where the tile is along all other axes
   * @param valid how many columns there are
   */
  List<Statement> statements(Register sum, Map<String, Index> positions, int rows, Index valid) {
    return statements(sum, positions, rows, valid, PanelPrefetch.Aside.NOTHING);
  }

  /**
   * The loops, with something to do beside at each step.
   *
   * @param aside told the positions of the summed axes
   */
  List<Statement> statements(
      Register sum,
      Map<String, Index> positions,
      int rows,
      Index valid,
      PanelPrefetch.Aside aside) {
    List<Statement> body = new ArrayList<>();
    AffineLowering offsets = new AffineLowering(scope, positions, body);
    Index leftStart = define("left", left.start(offsets, over), body);
    Index rightStart = define("right", right.start(offsets, over), body);
    body.addAll(
        loops(
            0,
            rows,
            new LinkedHashMap<>(),
            steps -> {
              List<Statement> turn = new ArrayList<>(aside.at(steps));
              turn.add(
                  new Statement.Set(
                      sum,
                      step.apply(
                          left.load(leftStart, steps, rows, tile.columns(), valid),
                          right.load(rightStart, steps, rows, tile.columns(), valid),
                          new Tile.Read(sum))));
              return turn;
            }));
    return body;
  }

  private List<Statement> loops(
      int depth,
      int rows,
      Map<String, Index> steps,
      Function<Map<String, Index>, List<Statement>> turn) {
    if (depth == over.size()) {
      return turn.apply(steps);
    }
    Span span = over.get(depth);
    String variable = scope.variable("k");
    Map<String, Index> inner = new LinkedHashMap<>(steps);
    inner.put(span.axis(), Index.variable(variable));
    boolean innermost = depth == over.size() - 1;
    return List.of(
        new Statement.Loop(
            variable,
            Index.ZERO,
            span.extent(),
            1,
            innermost ? tile.unroll(machine, rows) : 1,
            loops(depth + 1, rows, inner, turn)));
  }

  private Index define(String hint, Index value, List<Statement> into) {
    if (value instanceof Index.Constant) {
      return value;
    }
    String name = scope.variable(hint);
    into.add(new Statement.Define(name, value));
    return Index.variable(name);
  }
}
