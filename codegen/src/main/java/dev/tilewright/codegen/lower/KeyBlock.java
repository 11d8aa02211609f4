package dev.tilewright.codegen.lower;

import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
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
import java.util.function.BiConsumer;

/**
 * What a block of keys does to the state of a block of queries.
 *
 * @param operands how the other operands are read
 * @param query the queries, {@code [depth, columns]}
 * @param first the block's first key
 * @param count how many keys it has
 */
record KeyBlock(
    MachineModel machine,
    KernelScope scope,
    Region.Streamed region,
    StreamedOperands operands,
    QueryState state,
    TileOperand query,
    MicroTile keyTile,
    MicroTile widthTile,
    Index first,
    Index count) {
  /** The block's first key or pair of keys, and the position of one in its block. */
  private static final String BLOCK = "block#";

  private static final String IN_BLOCK = "key#";

  private static final int PAIR = 2;

  /** How many keys' weights are computed side by side. */
  private static final int WEIGHTS_UNROLL = 4;

  List<Statement> statements() {
    Register greatest = state.register("greatest");
    Register reference = state.register("reference");
    List<Statement> body = new ArrayList<>();
    if (region.maximum().isPresent()) {
      body.add(new Statement.Set(greatest, new Tile.Read(state.sums.running.maximum)));
    }
    ProductSum product =
        new ProductSum(
            machine,
            scope,
            keyTile,
            operands.score(),
            operands.key(state.queries()),
            query,
            List.of(ProductSum.Span.of(operands.depth())));
    body.addAll(
        Pieces.allRows(
            scope, keyTile.rows(), count, (at, rows) -> scores(product, at, rows, greatest)));
    if (region.maximum().isPresent()) {
      body.addAll(state.sums.running.raise(greatest, reference));
    }
    body.addAll(weights(reference));
    body.addAll(accumulate());
    return body;
  }

  /** Scores of some keys, as the maximum sees them. */
  private List<Statement> scores(ProductSum product, Index at, int rows, Register greatest) {
    List<Statement> body = new ArrayList<>();
    Register sum = scope.register("score", product.shape(rows), Tile.Type.F32);
    Index key = first.plus(at);
    body.add(new Statement.Set(sum, new Tile.Fill(sum.shape(), Tile.Type.F32, 0)));
    body.addAll(product.statements(sum, state.at(region.keys(), key), rows, state.valid()));
    Map<String, Tile> locals = Map.of(region.score(), new Tile.Read(sum));
    Element kept = KeptScore.of(region);
    SweepBuilder sweep =
        new SweepBuilder(scope, state.place(region.keys(), key, rows, locals), List.of(kept));
    Register value = scope.register("kept", state.shape(rows), Tile.Type.F32);
    Index columns = Index.of(state.columns());
    sweep.set(value, sweep.value(kept));
    sweep.store(state.scores, at.times(columns), columns, new Tile.Read(value));
    state.rawScores.ifPresent(
        raw -> sweep.store(raw, at.times(columns), columns, new Tile.Read(sum)));
    body.addAll(sweep.statements());
    if (region.maximum().isPresent()) {
      Tile highest = new Tile.FoldRows(Tile.Fold.MAX, new Tile.Read(value));
      body.add(
          new Statement.Set(
              greatest, SweepBuilder.propagateNan(BinaryOp.MAX, highest, new Tile.Read(greatest))));
    }
    return body;
  }

  /** Replaces scores by weights, key after key, and sums. */
  private List<Statement> weights(Register reference) {
    String variable = scope.variable("key");
    Index at = Index.variable(variable);
    if (state.weightWords.isEmpty()) {
      List<Statement> body =
          weight(
              reference,
              at,
              (sweep, weight) ->
                  sweep.store(state.scores, at.times(state.columns()), Index.ZERO, weight));
      return List.of(new Statement.Loop(variable, Index.ZERO, count, 1, WEIGHTS_UNROLL, body));
    }
    Index pairs = count.dividedBy(PAIR);
    List<Statement> body = new ArrayList<>();
    Tile first = weight(reference, at.times(PAIR), body);
    Tile second = weight(reference, at.times(PAIR).plus(1), body);
    body.add(pack(at, first, second));
    List<Statement> rest = new ArrayList<>();
    Tile last = weight(reference, pairs.times(PAIR), rest);
    rest.add(pack(pairs, last, state.fill(0)));
    return List.of(
        new Statement.Loop(variable, Index.ZERO, pairs, 1, WEIGHTS_UNROLL / PAIR, body),
        new Statement.If(pairs.times(PAIR), count, rest, List.of()));
  }

  private Statement pack(Index pair, Tile first, Tile second) {
    Tile words = new Tile.Pack(region.value().dtype(), List.of(first, second));
    Index columns = Index.of(state.columns());
    return new Statement.Store(
        state.weightWords.orElseThrow(),
        pair.times(state.columns()),
        Index.ZERO,
        Index.ONE,
        words,
        columns);
  }

  /** A key's weights, in a register. */
  private Tile weight(Register reference, Index at, List<Statement> into) {
    Register held = state.register("weight");
    into.addAll(weight(reference, at, (sweep, weight) -> sweep.set(held, weight)));
    return new Tile.Read(held);
  }

  /** Computes a key's weights and adds to the sums. */
  private List<Statement> weight(
      Register reference, Index at, BiConsumer<SweepBuilder, Tile> result) {
    Register score = state.register("held");
    Map<String, Tile> locals = new HashMap<>();
    locals.put(
        region.score(),
        state.rawScores.map(raw -> state.load(raw, at, 1)).orElse(new Tile.Read(score)));
    region.maximum().ifPresent(maximum -> locals.put(maximum.name(), new Tile.Read(reference)));
    Element kept = operands.weight();
    List<Element> elements = new ArrayList<>();
    elements.add(kept);
    state.sums.running.sums.keySet().forEach(sum -> elements.add(sum.element()));
    SweepBuilder sweep =
        new SweepBuilder(scope, state.place(region.keys(), first.plus(at), 1, locals), elements);
    sweep.set(score, state.load(state.scores, at, 1));
    sweep.define(KeptScore.of(region), new Tile.Read(score));
    Tile weight = sweep.value(kept);
    state.sums.running.sums.forEach(
        (sum, total) ->
            sweep.set(
                total,
                new Tile.Binary(BinaryOp.ADD, new Tile.Read(total), sweep.value(sum.element()))));
    result.accept(sweep, weight);
    return sweep.statements();
  }

  /** {@code out = out*rescale + sum over the block's keys of value*weight}. */
  private List<Statement> accumulate() {
    int group = operands.keysInStep();
    Axis inBlock = new Axis(IN_BLOCK, Dim.of(QueryState.KEYS));
    Axis block = new Axis(BLOCK, Dim.of(1));
    TileOperand value =
        operands.value(Affine.axis(block).plus(Affine.axis(inBlock)), state.queries());
    TileOperand weight =
        TileOperand.panel(
            state.weightWords.orElse(state.scores),
            Affine.axis(inBlock).times(Dim.of(state.columns())));
    ProductSum product =
        new ProductSum(
            machine,
            scope,
            widthTile,
            operands.accumulation(),
            value,
            weight,
            List.of(new ProductSum.Span(IN_BLOCK, count.plus(group - 1).dividedBy(group))));
    return Pieces.allRows(
        scope,
        widthTile.rows(),
        Index.of(region.width().extent()),
        (at, rows) -> {
          List<Statement> body = new ArrayList<>();
          Register sum = scope.register("sum", state.shape(rows), Tile.Type.F32);
          Tile before = state.sums.load(at, rows);
          body.add(
              new Statement.Set(
                  sum,
                  region.maximum().isPresent() ? state.sums.running.rescaled(before) : before));
          Map<String, Index> place = state.at(region.width(), at);
          place.put(BLOCK, first.dividedBy(group));
          body.addAll(product.statements(sum, place, rows, state.valid()));
          body.add(state.sums.store(at, new Tile.Read(sum)));
          return body;
        });
  }
}
