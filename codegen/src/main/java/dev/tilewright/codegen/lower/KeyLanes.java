package dev.tilewright.codegen.lower;

import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Register;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import dev.tilewright.codegen.tile.Tile.BinaryOp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A streamed region for queries too few to fill the lanes, as when a text is continued token by
 * token: rows are queries that share their keys, lanes are keys, then columns of the value. For
 * each block of keys:
 *
 * <pre>
 * panel[depth][key]   = the keys, transposed in registers
 * scores[query][key]  = maximum.element(sum over depth of query*panel)
 * m'                  = max(m, all of scores),  alpha = exp(m - m')
 * weights[query][key] = weight(scores, m'),  sums = sums*alpha + sum over keys of element
 * out[query][width]   = out*alpha + sum over keys of weights*value
 * </pre>
 *
 * Every sum runs in the order of {@link QueryBlock}, so the bits are those of a block of queries.
 */
final class KeyLanes {
  private static final String BLOCK = "block#";
  private static final Axis IN_BLOCK = new Axis("key#", Dim.of(KeyLanesScratch.KEYS));
  private static final int MOST_VECTORS = 4;
  private static final int SUM_UNROLL = 8;

  private final MachineModel machine;
  private final KernelScope scope;
  private final Region.Streamed region;
  private final StreamedOperands operands;
  private final QueryRows rows;
  private final KeyLanesScratch scratch;

  /** Scores of a register tile. */
  private final MicroTile tile;

  KeyLanes(
      MachineModel machine,
      KernelScope scope,
      Region.Streamed region,
      StreamedOperands operands,
      QueryRows rows) {
    this.machine = machine;
    this.scope = scope;
    this.region = region;
    this.operands = operands;
    this.rows = rows;
    scratch = new KeyLanesScratch(scope, region, rows.count(), operands.paired());
    tile = MicroTile.ofRows(machine, rows.count(), MOST_VECTORS);
  }

  /** Lets the keys {@code from .. to-1} go by; the first is the first of a block. */
  List<Statement> statements(Index from, Index to) {
    String first = scope.variable("block");
    List<Statement> turn = new ArrayList<>();
    Index rest = to.minus(Index.variable(first));
    String here = scope.variable("keys");
    turn.add(new Statement.Define(here, rest.min(Index.of(KeyLanesScratch.KEYS))));
    turn.addAll(block(Index.variable(first), Index.variable(here)));
    return List.of(new Statement.Loop(first, from, to, KeyLanesScratch.KEYS, 1, turn));
  }

  private List<Statement> block(Index first, Index here) {
    Register greatest = rows.register("greatest");
    Register reference = rows.register("reference");
    List<Statement> body = new ArrayList<>();
    boolean relative = region.maximum().isPresent();
    if (relative) {
      body.add(new Statement.Set(greatest, new Tile.Read(rows.running.maximum)));
    }
    body.addAll(scores(first, here, greatest));
    if (relative) {
      body.addAll(rows.running.raise(greatest, reference));
    }
    body.addAll(lanes(first, here, (at, valid) -> weights(first, at, valid, reference)));
    region.sums().forEach(sum -> body.add(add(sum, here)));
    body.addAll(accumulate(first, here));
    return body;
  }

  private List<Statement> scores(Index first, Index here, Register greatest) {
    TileAxes axes =
        new TileAxes(rows.rows(), region.keys(), tile, operands.score(), operands.words());
    PanelPacking panel = PanelPacking.of(scope, region.key(), axes, List.of(region.depth()));
    TileOperand query = operands.queryRows(rows.rows(), region.keys());
    ProductSum product =
        new ProductSum(
            machine,
            scope,
            tile,
            operands.score(),
            query,
            panel.operand(),
            List.of(ProductSum.Span.of(operands.depth())));
    return lanes(
        first,
        here,
        (at, valid) -> {
          Map<String, Index> place = rows.at(region.keys(), first.plus(at));
          List<Statement> body = new ArrayList<>(panel.statements(machine, place));
          Register sum = scope.register("score", rows.shape(tile.columns()), Tile.Type.F32);
          body.add(new Statement.Set(sum, rows.fill(tile.columns(), 0)));
          body.addAll(product.statements(sum, place, rows.count(), valid));
          body.addAll(keep(place, at, valid, sum, greatest));
          return body;
        });
  }

  /** Scores of some keys, as the maximum sees them. */
  private List<Statement> keep(
      Map<String, Index> place, Index at, Index valid, Register sum, Register greatest) {
    Element kept = KeptScore.of(region);
    SweepBuilder sweep =
        new SweepBuilder(
            scope,
            rows.place(
                tile, region.keys(), place, valid, Map.of(region.score(), new Tile.Read(sum))),
            List.of(kept));
    Register value = scope.register("kept", rows.shape(tile.columns()), Tile.Type.F32);
    sweep.set(value, sweep.value(kept));
    List<Statement> body = new ArrayList<>(sweep.statements());
    body.add(scratch.store(scratch.scores, at, new Tile.Read(value)));
    scratch.rawScores.ifPresent(raw -> body.add(scratch.store(raw, at, new Tile.Read(sum))));
    if (region.maximum().isPresent()) {
      Tile seen =
          valid.isConstant(tile.columns())
              ? new Tile.Read(value)
              : only(sweep, value, Double.NEGATIVE_INFINITY);
      Tile highest = new Tile.FoldColumns(Tile.Fold.MAX, seen);
      body.add(
          new Statement.Set(
              greatest, SweepBuilder.propagateNan(BinaryOp.MAX, highest, new Tile.Read(greatest))));
    }
    return body;
  }

  /** Weights of some keys, and what they add to the sums; 0 beyond the last key. */
  private List<Statement> weights(Index first, Index at, Index valid, Register reference) {
    int columns = tile.columns();
    Register score = scope.register("held", rows.shape(columns), Tile.Type.F32);
    Register weight = scope.register("weight", rows.shape(columns), Tile.Type.F32);
    Map<String, Tile> locals = new HashMap<>();
    locals.put(
        region.score(),
        scratch.rawScores.map(raw -> scratch.load(raw, at, columns)).orElse(new Tile.Read(score)));
    region.maximum().ifPresent(maximum -> locals.put(maximum.name(), new Tile.Read(reference)));
    Element kept = operands.weight();
    List<Element> elements = new ArrayList<>(List.of(kept));
    region.sums().forEach(sum -> elements.add(sum.element()));
    SweepBuilder sweep =
        new SweepBuilder(
            scope,
            rows.place(tile, region.keys(), rows.at(region.keys(), first.plus(at)), valid, locals),
            elements);
    sweep.set(score, scratch.load(scratch.scores, at, columns));
    sweep.define(KeptScore.of(region), new Tile.Read(score));
    sweep.set(weight, sweep.value(kept));
    Map<Region.Reduction, Register> terms = new HashMap<>();
    for (Region.Reduction sum : region.sums()) {
      Register term = scope.register("term", rows.shape(columns), Tile.Type.F32);
      sweep.set(term, sweep.value(sum.element()));
      terms.put(sum, term);
    }
    List<Statement> body = new ArrayList<>(sweep.statements());
    Tile all = valid.isConstant(tile.columns()) ? new Tile.Read(weight) : only(sweep, weight, 0);
    body.add(scratch.store(scratch.weights, at, all));
    terms.forEach(
        (sum, term) -> body.add(scratch.store(scratch.terms.get(sum), at, new Tile.Read(term))));
    return body;
  }

  /** Key after key. */
  private Statement add(Region.Reduction sum, Index here) {
    String key = scope.variable("key");
    Register total = rows.running.sums.get(sum);
    Tile term = scratch.load(scratch.terms.get(sum), Index.variable(key), 1);
    return new Statement.Loop(
        key,
        Index.ZERO,
        here,
        1,
        SUM_UNROLL,
        List.of(
            new Statement.Set(total, new Tile.Binary(BinaryOp.ADD, new Tile.Read(total), term))));
  }

  /** {@code out = out*rescale + sum over the block's keys of weight*value}. */
  private List<Statement> accumulate(Index first, Index here) {
    Affine key = Affine.of(new Affine.Term.Of(BLOCK)).plus(Affine.axis(IN_BLOCK));
    Element.Read inBlock =
        new Element.Read(
            region.value().buffer(), region.value().dtype(), operands.valueOffset(key));
    List<Statement> body = new ArrayList<>();
    Map<String, Index> block = new HashMap<>(rows.positions());
    block.put(BLOCK, first);
    TileOperand value;
    if (operands.paired()) {
      KeyRows pairs = KeyRows.ofPairs(scope, machine, inBlock, IN_BLOCK, region.width());
      body.addAll(pairs.statements(block, here));
      Affine offset = pairs.at(Affine.axis(IN_BLOCK));
      value = TileOperand.inPlace(pairs.packed(), offset, rows.rows(), region.width());
    } else {
      Buffer source = scope.buffer(inBlock.buffer(), inBlock.dtype());
      value = TileOperand.inPlace(source, inBlock, rows.rows(), region.width());
    }
    int group = operands.keysInStep();
    Dim apart = rows.count() == 1 ? Dim.ZERO : Dim.of(KeyLanesScratch.KEYS / group);
    TileOperand factor =
        new TileOperand(scratch.factors, Affine.axis(IN_BLOCK), apart, Dim.ZERO, false);
    Index steps = here.plus(group - 1).dividedBy(group);
    ProductSum product =
        new ProductSum(
            machine,
            scope,
            rows.tile(),
            operands.accumulation(),
            factor,
            value,
            List.of(new ProductSum.Span(IN_BLOCK.name(), steps)));
    body.addAll(rows.widths((at, valid) -> accumulate(product, block, first, at, valid)));
    return body;
  }

  private List<Statement> accumulate(
      ProductSum product, Map<String, Index> block, Index first, Index at, Index valid) {
    Register sum = scope.register("sum", rows.shape(rows.tile().columns()), Tile.Type.F32);
    Tile before = rows.load(at);
    Map<String, Index> place = new HashMap<>(block);
    place.put(region.width().name(), at);
    List<Statement> body = new ArrayList<>();
    body.add(
        new Statement.Set(
            sum, region.maximum().isPresent() ? rows.running.rescaled(before) : before));
    body.addAll(
        product.statements(
            sum,
            place,
            rows.count(),
            valid,
            turn -> nextBlock(first, turn.get(IN_BLOCK.name()), at)));
    body.add(rows.store(at, new Tile.Read(sum)));
    return body;
  }

  /**
   * Asks for the keys and values of the next block that stand where a step of this one does: rows
   * of a long cache lie too far apart for the machine to foresee.
   *
   * @param column the first of those that the sum is for
   */
  private List<Statement> nextBlock(Index first, Index step, Index column) {
    List<Statement> body = new ArrayList<>();
    for (int key = 0; key < operands.keysInStep(); key++) {
      Index next =
          first.plus(KeyLanesScratch.KEYS).plus(step.times(operands.keysInStep())).plus(key);
      prefetch(region.key(), region.depth(), next, column, body);
      prefetch(region.value(), region.width(), next, column, body);
    }
    return body;
  }

  private void prefetch(
      Element.Read read, Axis inner, Index key, Index column, List<Statement> into) {
    int line = machine.lineBytes() / read.dtype().bytes();
    for (int at = 0; at < rows.tile().columns(); at += line) {
      Map<String, Index> place = rows.at(region.keys(), key);
      place.put(inner.name(), column.plus(at));
      Index offset = new AffineLowering(scope, place, into).lower(read.offset());
      into.add(new Statement.Prefetch(scope.buffer(read.buffer(), read.dtype()), offset));
    }
  }

  /** All keys of a block, vectors of them at a time. */
  private List<Statement> lanes(Index first, Index here, QueryRows.Columns body) {
    String at = scope.variable("at");
    return List.of(
        new Statement.Loop(
            at,
            Index.ZERO,
            here,
            tile.columns(),
            1,
            Pieces.columns(
                tile.columns(),
                region.keys().extent(),
                first.plus(Index.variable(at)),
                valid -> body.at(Index.variable(at), valid))));
  }

  /** The valid columns' values, and another in the others. */
  private Tile only(SweepBuilder sweep, Register value, double other) {
    return new Tile.Select(
        sweep.validColumns(), new Tile.Read(value), rows.fill(value.shape().columns(), other));
  }
}
