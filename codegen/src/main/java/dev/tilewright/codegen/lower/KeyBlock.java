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
 * What a block of keys does to the state of a block of queries.
 *
 * @param query the queries, {@code [depth, columns]}
 * @param first the block's first key
 * @param count how many keys it has
 */
record KeyBlock(
    MachineModel machine,
    KernelScope scope,
    Region.Streamed region,
    QueryState state,
    TileOperand query,
    MicroTile keyTile,
    MicroTile widthTile,
    Index first,
    Index count) {
  /** The position of a key in its block. */
  private static final String IN_BLOCK = "key#";

  /** How many keys' weights are computed side by side. */
  private static final int WEIGHTS_UNROLL = 4;

  List<Statement> statements() {
    Register greatest = state.register("greatest");
    Register reference = state.register("reference");
    List<Statement> body = new ArrayList<>();
    if (region.maximum().isPresent()) {
      body.add(new Statement.Set(greatest, new Tile.Read(state.maximum)));
    }
    TileOperand key =
        TileOperand.inPlace(buffer(region.key()), region.key(), region.keys(), state.queries());
    ProductSum product =
        new ProductSum(
            machine, scope, keyTile, key, query, List.of(ProductSum.Span.of(region.depth())));
    body.addAll(
        Pieces.allRows(
            scope, keyTile.rows(), count, (at, rows) -> scores(product, at, rows, greatest)));
    if (region.maximum().isPresent()) {
      body.addAll(raiseMaximum(greatest, reference));
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
    Element kept = state.kept();
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

  /**
   * {@code rescale = exp(maximum - greatest)} and 1 where it did not grow, so that nothing changes;
   * the reference is the maximum, or 0 while it is minus infinity, so that scores of minus infinity
   * weigh {@code exp(-inf - 0) = 0}.
   */
  private List<Statement> raiseMaximum(Register greatest, Register reference) {
    Tile before = new Tile.Read(state.maximum);
    Tile after = new Tile.Read(greatest);
    Tile same = new Tile.Binary(BinaryOp.EQ, before, after);
    Tile grown = new Tile.Unary(Tile.UnaryOp.EXP, new Tile.Binary(BinaryOp.SUB, before, after));
    Tile none = new Tile.Binary(BinaryOp.EQ, after, state.fill(Double.NEGATIVE_INFINITY));
    List<Statement> body = new ArrayList<>();
    body.add(new Statement.Set(state.rescale, new Tile.Select(same, state.fill(1), grown)));
    body.add(new Statement.Set(state.maximum, after));
    body.add(new Statement.Set(reference, new Tile.Select(none, state.fill(0), after)));
    for (Register sum : state.sums.values()) {
      body.add(new Statement.Set(sum, rescaled(new Tile.Read(sum))));
    }
    return body;
  }

  /** Replaces scores by weights, key after key, and sums. */
  private List<Statement> weights(Register reference) {
    String variable = scope.variable("key");
    Index at = Index.variable(variable);
    Register score = state.register("held");
    Map<String, Tile> locals = new HashMap<>();
    locals.put(
        region.score(),
        state.rawScores.map(raw -> state.load(raw, at, 1)).orElse(new Tile.Read(score)));
    region.maximum().ifPresent(maximum -> locals.put(maximum.name(), new Tile.Read(reference)));
    List<Element> elements = new ArrayList<>();
    elements.add(region.weight());
    state.sums.keySet().forEach(sum -> elements.add(sum.element()));
    SweepBuilder sweep =
        new SweepBuilder(scope, state.place(region.keys(), first.plus(at), 1, locals), elements);
    sweep.set(score, state.load(state.scores, at, 1));
    sweep.define(state.kept(), new Tile.Read(score));
    Tile weight = sweep.value(region.weight());
    state.sums.forEach(
        (sum, total) ->
            sweep.set(
                total,
                new Tile.Binary(BinaryOp.ADD, new Tile.Read(total), sweep.value(sum.element()))));
    sweep.store(state.scores, at.times(state.columns()), Index.ZERO, weight);
    return List.of(
        new Statement.Loop(variable, Index.ZERO, count, 1, WEIGHTS_UNROLL, sweep.statements()));
  }

  /** {@code out = out*rescale + sum over the block's keys of value*weight}. */
  private List<Statement> accumulate() {
    Axis inBlock = new Axis(IN_BLOCK, Dim.of(QueryState.KEYS));
    Affine key = Affine.axis(region.keys()).plus(Affine.axis(inBlock));
    Affine offset =
        region
            .value()
            .offset()
            .substitute(
                name ->
                    name.equals(region.keys().name()) ? key : Affine.of(new Affine.Term.Of(name)));
    Element.Read read = new Element.Read(region.value().buffer(), region.value().dtype(), offset);
    TileOperand value = TileOperand.inPlace(buffer(read), read, region.width(), state.queries());
    TileOperand weight =
        TileOperand.panel(state.scores, Affine.axis(inBlock).times(Dim.of(state.columns())));
    ProductSum product =
        new ProductSum(
            machine,
            scope,
            widthTile,
            value,
            weight,
            List.of(new ProductSum.Span(IN_BLOCK, count)));
    return Pieces.allRows(
        scope,
        widthTile.rows(),
        Index.of(region.width().extent()),
        (at, rows) -> {
          List<Statement> body = new ArrayList<>();
          Register sum = scope.register("sum", state.shape(rows), Tile.Type.F32);
          Tile before = state.loadOut(at, rows);
          body.add(
              new Statement.Set(sum, region.maximum().isPresent() ? rescaled(before) : before));
          Map<String, Index> place = state.at(region.width(), at);
          place.put(region.keys().name(), first);
          body.addAll(product.statements(sum, place, rows, state.valid()));
          body.add(state.storeOut(at, new Tile.Read(sum)));
          return body;
        });
  }

  private Tile rescaled(Tile value) {
    return new Tile.Binary(BinaryOp.MUL, value, new Tile.Read(state.rescale));
  }

  private Buffer buffer(Element.Read read) {
    return scope.buffer(read.buffer(), read.dtype());
  }
}
