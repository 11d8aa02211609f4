package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.tile.DotCost;
import dev.tilewright.codegen.tile.Extension;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Register;
import dev.tilewright.codegen.tile.SignedBytes;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code sum += left*right} over some axes for a tile of accumulators: the inner loop of every
 * product. Each element has one accumulator, and its products are added in ascending order of
 * steps.
 *
 * @param step what is done at each position
 * @param over the summed axes, outermost first, and how far each runs
 * @param nibbles whether a word of the right operand holds two of the left's: the first in the
 *     lower four bits of its bytes, the other in the upper ones. The innermost axis counts such
 *     words
 */
record ProductSum(
    MachineModel machine,
    KernelScope scope,
    MicroTile tile,
    ProductStep step,
    TileOperand left,
    TileOperand right,
    List<Span> over,
    boolean nibbles) {
  private static final int LOWER_NIBBLES = 0x0F0F0F0F;

  /** Of elements or words. */
  ProductSum(
      MachineModel machine,
      KernelScope scope,
      MicroTile tile,
      ProductStep step,
      TileOperand left,
      TileOperand right,
      List<Span> over) {
    this(machine, scope, tile, step, left, right, over, false);
  }

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

  /** The same sum by another step. */
  ProductSum with(ProductStep other) {
    return new ProductSum(machine, scope, tile, other, left, right, over, nibbles);
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
    Optional<Register> excess = excess(rows);
    excess.ifPresent(
        register -> {
          Tile none = new Tile.Fill(register.shape(), register.type(), 0);
          body.add(new Statement.Set(register, none));
        });
    Turn turn =
        (steps, held) -> {
          List<Statement> all = new ArrayList<>(aside.at(steps));
          Tile words = right.load(rightStart, steps, rows, tile.columns(), valid);
          if (nibbles) {
            Register both = scope.register("nibbles", words.shape(), words.type());
            all.add(new Statement.Set(both, words));
            for (int half = 0; half < 2; half++) {
              Map<String, Index> at = half(steps, half);
              Tile factor = leftFactor(left.load(leftStart, at, rows, tile.columns(), valid));
              all.addAll(step(sum, excess, factor, nibbles(new Tile.Read(both), half)));
            }
            return all;
          }
          Tile factor =
              held.isPresent()
                  ? held.get()
                  : leftFactor(left.load(leftStart, steps, rows, tile.columns(), valid));
          all.addAll(step(sum, excess, factor, words));
          return all;
        };
    Shared shared = steps -> leftFactor(left.loadSteps(leftStart, steps, rows, machine.lanes()));
    body.addAll(loops(0, rows, new LinkedHashMap<>(), turn, shared));
    excess.ifPresent(
        register ->
            body.add(
                new Statement.Set(
                    sum,
                    new Tile.Binary(
                        Tile.BinaryOp.SUB, new Tile.Read(sum), new Tile.Read(register)))));
    return body;
  }

  private List<Statement> step(Register sum, Optional<Register> excess, Tile factor, Tile words) {
    List<Statement> all = new ArrayList<>();
    Tile vectors = rightFactor(words);
    excess.ifPresent(
        register -> {
          Tile signed = step.swapped() ? factor : vectors;
          all.add(new Statement.Set(register, SignedBytes.excess(signed, new Tile.Read(register))));
        });
    ProductStep own = excess.isPresent() ? step.ofSigned() : step;
    all.add(new Statement.Set(sum, own.apply(factor, vectors, new Tile.Read(sum))));
    return all;
  }

  /** The left operand's steps for one of nibbles. */
  private Map<String, Index> half(Map<String, Index> steps, int half) {
    Map<String, Index> at = new LinkedHashMap<>(steps);
    at.computeIfPresent(over.getLast().axis(), (_, word) -> word.times(2).plus(half));
    return at;
  }

  private static Tile nibbles(Tile both, int half) {
    Tile.Shape one = new Tile.Shape(1, 1);
    Tile shifted =
        half == 0
            ? both
            : new Tile.Binary(
                Tile.BinaryOp.SHIFT_RIGHT, both, new Tile.Fill(one, Tile.Type.I32, 4));
    return new Tile.Binary(
        Tile.BinaryOp.AND, shifted, new Tile.Fill(one, Tile.Type.I32, LOWER_NIBBLES));
  }

  /** What {@link SignedBytes} adds too much, if the machine multiplies so. */
  private Optional<Register> excess(int rows) {
    if (!multipliesSigned()) {
      return Optional.empty();
    }
    TileOperand signed = step.swapped() ? left : right;
    return Optional.of(scope.register("excess", signed.shape(rows, tile.columns()), step.type()));
  }

  private DotCost cost() {
    return step.cost(machine, right.buffer().dtype(), left.buffer().dtype());
  }

  private boolean multipliesSigned() {
    return step.dot().filter(machine::multipliesSigned).isPresent();
  }

  private Tile leftFactor(Tile words) {
    return multipliesSigned() && !step.swapped() ? SignedBytes.lessHalf(words) : words;
  }

  private Tile rightFactor(Tile words) {
    return multipliesSigned() && step.swapped() ? SignedBytes.lessHalf(words) : words;
  }

  /** What is done at a step. */
  private interface Turn {
    /**
     * @param held the left operand, if it is in registers
     */
    List<Statement> at(Map<String, Index> steps, Optional<Tile> held);
  }

  /** The left operand of as many steps as there are lanes. */
  private interface Shared {
    Tile from(Map<String, Index> steps);
  }

  /**
   * Whether one load serves several steps: elements or words of a row are side by side, and a
   * multiply-add takes them out of a vector.
   */
  private boolean sharesLoads() {
    return !nibbles
        && machine.has(Extension.COLUMN_FACTOR)
        && left.buffer().dtype() == (step.dot().isPresent() ? DType.INT32 : DType.FLOAT32)
        && left.columnStride().equals(Dim.ZERO)
        && left.offset().coefficient(over.getLast().axis()).equals(Dim.ONE)
        && tile.columns() > 1;
  }

  private List<Statement> loops(
      int depth, int rows, Map<String, Index> steps, Turn turn, Shared shared) {
    if (depth == over.size()) {
      return turn.at(steps, Optional.empty());
    }
    Span span = over.get(depth);
    boolean innermost = depth == over.size() - 1;
    int unroll = innermost ? tile.unroll(machine, cost(), rows) : 1;
    unroll = nibbles ? Math.max(1, unroll / 2) : unroll;
    List<Statement> all = new ArrayList<>();
    Index from = Index.ZERO;
    if (innermost && sharesLoads()) {
      int lanes = machine.lanes();
      from = define("whole", span.extent().dividedBy(lanes).times(lanes), all);
      String variable = scope.variable("k");
      Map<String, Index> first = at(steps, span, Index.variable(variable));
      Register held =
          scope.register(
              "elements",
              new Tile.Shape(left.shape(rows, 1).rows(), lanes),
              Tile.Type.of(left.buffer().dtype()));
      List<Statement> chunk = new ArrayList<>();
      chunk.add(new Statement.Set(held, shared.from(first)));
      for (int lane = 0; lane < lanes; lane++) {
        Map<String, Index> each = at(steps, span, Index.variable(variable).plus(lane));
        chunk.addAll(turn.at(each, Optional.of(new Tile.Column(new Tile.Read(held), lane))));
      }
      all.add(
          new Statement.Loop(
              variable, Index.ZERO, from, lanes, Math.max(1, unroll / lanes), chunk));
      unroll = 1;
    }
    String variable = scope.variable("k");
    all.add(
        new Statement.Loop(
            variable,
            from,
            span.extent(),
            1,
            unroll,
            loops(depth + 1, rows, at(steps, span, Index.variable(variable)), turn, shared)));
    return all;
  }

  private static Map<String, Index> at(Map<String, Index> steps, Span span, Index position) {
    Map<String, Index> all = new LinkedHashMap<>(steps);
    all.put(span.axis(), position);
    return all;
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
