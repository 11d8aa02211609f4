package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Register;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import dev.tilewright.codegen.tile.Tile.BinaryOp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One block of queries of a streamed region. For each block of keys:
 *
 * <pre>
 * scores[key][query]  = maximum.element(sum over depth of query*key)      in scratch memory
 * m'                  = max(m, all of scores),  alpha = exp(m - m')
 * sums                = sums*alpha + sum over keys of element(scores, m')
 * scores[key][query]  = weight(scores, m')
 * out[width][query]   = out*alpha + sum over keys of value*scores
 * </pre>
 *
 * All sums run key after key in the order of the keys, and blocks of keys have a constant size. So
 * keys after the last whose weight is 0 change no bit, nor do other queries, other batches or the
 * number of workers.
 */
final class QueryBlock {
  /** Keys in a block: their scores for a block of queries fit half of a small first-level cache. */
  private static final int KEYS = 128;

  /** The position of a key in its block. */
  private static final String IN_BLOCK = "key#";

  private final MachineModel machine;
  private final KernelScope scope;
  private final Region.Streamed region;
  private final Axis queries;
  private final int columns;
  private final Map<String, Index> positions;
  private final Tile.Shape row;

  private final Buffer scores;
  private final Optional<Buffer> rawScores;
  private final Buffer out;
  private final Register maximum;
  private final Register rescale;
  private final Map<Region.Reduction, Register> sums = new LinkedHashMap<>();
  private Index valid;

  /**
   * @param columns queries in the block, a multiple of the lanes or 1
   * @param positions of the batch axes, and the block's first query
   */
  QueryBlock(
      MachineModel machine,
      KernelScope scope,
      Region.Streamed region,
      int columns,
      Map<String, Index> positions) {
    this.machine = machine;
    this.scope = scope;
    this.region = region;
    this.queries = region.axes().getLast();
    this.columns = columns;
    this.positions = positions;
    this.row = new Tile.Shape(1, columns);
    this.scores = scope.scratch("scores", DType.FLOAT32, Dim.of((long) KEYS * columns));
    this.rawScores =
        usesRawScore()
            ? Optional.of(scope.scratch("raw", DType.FLOAT32, Dim.of((long) KEYS * columns)))
            : Optional.empty();
    this.out = scope.scratch("out", DType.FLOAT32, region.width().extent().times(columns));
    this.maximum = register("maximum");
    this.rescale = register("rescale");
    region.sums().forEach(sum -> sums.put(sum, register(sum.name())));
  }

  List<Statement> statements() {
    List<Statement> body = new ArrayList<>();
    valid = define("valid", Index.of(queries.extent()).minus(first()).min(Index.of(columns)), body);
    MicroTile keyTile = tile(region.keys());
    MicroTile widthTile = tile(region.width());
    TileAxes scoreAxes = new TileAxes(region.keys(), queries, keyTile);
    PanelPacking query =
        PanelPacking.of(
            scope,
            scope.buffer(region.query().buffer(), region.query().dtype()),
            region.query(),
            scoreAxes,
            List.of(region.depth()));
    body.addAll(query.statements(machine, positions));
    body.add(new Statement.Set(maximum, fill(Double.NEGATIVE_INFINITY)));
    sums.values().forEach(sum -> body.add(new Statement.Set(sum, fill(0))));
    body.addAll(
        eachRow(widthTile, region.width(), (at, rows) -> List.of(storeOut(at, zero(rows)))));
    Index keys = Index.of(region.keys().extent());
    String block = scope.variable("block");
    List<Statement> turn = new ArrayList<>();
    Index here = define("keys", keys.minus(Index.variable(block)).min(Index.of(KEYS)), turn);
    turn.addAll(blockOfKeys(Index.variable(block), here, query.operand(), keyTile, widthTile));
    body.add(new Statement.Loop(block, Index.ZERO, keys, KEYS, 1, turn));
    body.addAll(finish(widthTile));
    return body;
  }

  private List<Statement> blockOfKeys(
      Index block, Index here, TileOperand query, MicroTile keyTile, MicroTile widthTile) {
    Register greatest = register("greatest");
    List<Statement> body = new ArrayList<>();
    body.add(new Statement.Set(greatest, new Tile.Read(maximum)));
    TileOperand key =
        TileOperand.inPlace(buffer(region.key()), region.key(), region.keys(), queries);
    ProductSum score =
        new ProductSum(
            machine, scope, keyTile, key, query, List.of(ProductSum.Span.of(region.depth())));
    body.addAll(
        Pieces.allRows(
            scope,
            keyTile.rows(),
            here,
            (at, rows) -> scoreTile(score, block.plus(at), at, rows, greatest)));
    Register reference = register("reference");
    if (region.maximum().isPresent()) {
      body.addAll(raiseMaximum(greatest, reference));
    }
    body.addAll(weights(block, here, reference));
    body.addAll(accumulate(block, here, widthTile));
    return body;
  }

  /** Scores of some keys, as the maximum sees them. */
  private List<Statement> scoreTile(
      ProductSum score, Index key, Index at, int rows, Register greatest) {
    List<Statement> body = new ArrayList<>();
    Register sum = scope.register("score", score.shape(rows), Tile.Type.F32);
    Map<String, Index> here = at(region.keys(), key);
    body.add(new Statement.Set(sum, new Tile.Fill(sum.shape(), Tile.Type.F32, 0)));
    body.addAll(score.statements(sum, here, rows, valid));
    Map<String, Tile> locals = Map.of(region.score(), new Tile.Read(sum));
    Tile.Shape shape = new Tile.Shape(rows, columns);
    SweepBuilder sweep =
        new SweepBuilder(
            scope,
            new TilePlace(shape, region.keys().name(), queries.name(), here, valid, locals),
            List.of(kept()));
    Register value = scope.register("kept", shape, Tile.Type.F32);
    sweep.set(value, sweep.value(kept()));
    sweep.store(scores, at.times(columns), Index.of(columns), new Tile.Read(value));
    rawScores.ifPresent(
        raw -> sweep.store(raw, at.times(columns), Index.of(columns), new Tile.Read(sum)));
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
    Tile before = new Tile.Read(maximum);
    Tile after = new Tile.Read(greatest);
    Tile grown = new Tile.Unary(Tile.UnaryOp.EXP, new Tile.Binary(BinaryOp.SUB, before, after));
    List<Statement> body = new ArrayList<>();
    body.add(
        new Statement.Set(
            rescale, new Tile.Select(new Tile.Binary(BinaryOp.EQ, before, after), fill(1), grown)));
    body.add(new Statement.Set(maximum, after));
    Tile none = new Tile.Binary(BinaryOp.EQ, after, fill(Double.NEGATIVE_INFINITY));
    body.add(new Statement.Set(reference, new Tile.Select(none, fill(0), after)));
    sums.values()
        .forEach(
            sum ->
                body.add(
                    new Statement.Set(
                        sum,
                        new Tile.Binary(
                            BinaryOp.MUL, new Tile.Read(sum), new Tile.Read(rescale)))));
    return body;
  }

  /** Replaces scores by weights, key after key, and sums. */
  private List<Statement> weights(Index block, Index here, Register reference) {
    String key = scope.variable("key");
    Index at = Index.variable(key).times(columns);
    Register score = register("held");
    Map<String, Tile> locals = new HashMap<>();
    locals.put(region.score(), rawScores.map(raw -> loadRow(raw, at)).orElse(new Tile.Read(score)));
    region.maximum().ifPresent(max -> locals.put(max.name(), new Tile.Read(reference)));
    List<Element> elements = new ArrayList<>();
    elements.add(region.weight());
    sums.keySet().forEach(sum -> elements.add(sum.element()));
    SweepBuilder sweep =
        new SweepBuilder(
            scope,
            new TilePlace(
                row,
                null,
                queries.name(),
                at(region.keys(), block.plus(Index.variable(key))),
                valid,
                locals),
            elements);
    sweep.set(score, loadRow(scores, at));
    sweep.define(kept(), new Tile.Read(score));
    Tile weight = sweep.value(region.weight());
    sums.forEach(
        (sum, total) ->
            sweep.set(
                total,
                new Tile.Binary(BinaryOp.ADD, new Tile.Read(total), sweep.value(sum.element()))));
    sweep.store(scores, at, Index.ZERO, weight);
    return List.of(new Statement.Loop(key, Index.ZERO, here, 1, 4, sweep.statements()));
  }

  /** {@code out = out*rescale + sum over the block's keys of value*weight}. */
  private List<Statement> accumulate(Index block, Index here, MicroTile widthTile) {
    Axis inBlock = new Axis(IN_BLOCK, Dim.of(KEYS));
    Affine offset =
        region
            .value()
            .offset()
            .substitute(
                name ->
                    name.equals(region.keys().name())
                        ? Affine.axis(region.keys()).plus(Affine.axis(inBlock))
                        : Affine.of(new Affine.Term.Of(name)));
    Element.Read read = new Element.Read(region.value().buffer(), region.value().dtype(), offset);
    TileOperand value = TileOperand.inPlace(buffer(read), read, region.width(), queries);
    TileOperand weight = TileOperand.panel(scores, Affine.axis(inBlock).times(Dim.of(columns)));
    ProductSum product =
        new ProductSum(
            machine, scope, widthTile, value, weight, List.of(new ProductSum.Span(IN_BLOCK, here)));
    return eachRow(
        widthTile,
        region.width(),
        (at, rows) -> {
          List<Statement> body = new ArrayList<>();
          Register sum = scope.register("sum", new Tile.Shape(rows, columns), Tile.Type.F32);
          Tile before = loadOut(at, rows);
          body.add(
              new Statement.Set(
                  sum,
                  region.maximum().isEmpty()
                      ? before
                      : new Tile.Binary(BinaryOp.MUL, before, new Tile.Read(rescale))));
          Map<String, Index> place = at(region.width(), at);
          place.put(region.keys().name(), block);
          body.addAll(product.statements(sum, place, rows, valid));
          body.add(storeOut(at, new Tile.Read(sum)));
          return body;
        });
  }

  /**
   * The outputs. No score above minus infinity: the formula gives NaN, by {@code maximum -
   * maximum}.
   */
  private List<Statement> finish(MicroTile widthTile) {
    List<Statement> body = new ArrayList<>();
    Map<String, Tile> locals = new HashMap<>();
    Register doubt = register("doubt");
    if (region.maximum().isPresent()) {
      Tile greatest = new Tile.Read(maximum);
      body.add(new Statement.Set(doubt, new Tile.Binary(BinaryOp.SUB, greatest, greatest)));
      locals.put(region.maximum().get().name(), greatest);
    }
    sums.forEach((sum, total) -> locals.put(sum.name(), doubted(new Tile.Read(total), doubt)));
    List<Element> elements = region.outputs().stream().map(Region.Output::element).toList();
    body.addAll(
        eachRow(
            widthTile,
            region.width(),
            (at, rows) -> {
              Map<String, Tile> all = new HashMap<>(locals);
              all.put(region.result(), doubted(loadOut(at, rows), doubt));
              SweepBuilder sweep =
                  new SweepBuilder(
                      scope,
                      new TilePlace(
                          new Tile.Shape(rows, columns),
                          region.width().name(),
                          queries.name(),
                          at(region.width(), at),
                          valid,
                          all),
                      elements);
              region.outputs().forEach(sweep::store);
              return sweep.statements();
            }));
    return body;
  }

  private Tile doubted(Tile value, Register doubt) {
    return region.maximum().isEmpty()
        ? value
        : new Tile.Binary(BinaryOp.ADD, value, new Tile.Read(doubt));
  }

  /** What scratch memory holds of a score. */
  private Element kept() {
    return region
        .maximum()
        .map(Region.Reduction::element)
        .orElse(new Element.Local(region.score(), DType.FLOAT32));
  }

  /** Whether weights or sums use the score in another way than the maximum does. */
  @SuppressWarnings("ReferenceEquality") // sharing is by identity
  private boolean usesRawScore() {
    if (kept() instanceof Element.Local) {
      return false;
    }
    List<Element> stack = new ArrayList<>(List.of(region.weight()));
    region.sums().forEach(sum -> stack.add(sum.element()));
    while (!stack.isEmpty()) {
      Element element = stack.removeLast();
      if (element instanceof Element.Local local && local.name().equals(region.score())) {
        return true;
      }
      if (element != kept()) {
        stack.addAll(Elements.operands(element));
      }
    }
    return false;
  }

  private Tile loadRow(Buffer buffer, Index at) {
    return new Tile.Load(buffer, at, Index.ZERO, Index.ONE, row, Index.of(columns), 0);
  }

  private List<Statement> eachRow(MicroTile tile, Axis axis, Pieces.Rows body) {
    return Pieces.allRows(scope, tile.rows(), Index.of(axis.extent()), body);
  }

  private MicroTile tile(Axis rows) {
    return StreamedLowering.canTile(region, rows)
        ? MicroTile.ofColumns(machine, rows.extent(), columns)
        : new MicroTile(1, columns);
  }

  private Tile loadOut(Index at, int rows) {
    Tile.Shape shape = new Tile.Shape(rows, columns);
    return new Tile.Load(
        out, at.times(columns), Index.of(columns), Index.ONE, shape, Index.of(columns), 0);
  }

  private Statement storeOut(Index at, Tile value) {
    return new Statement.Store(
        out, at.times(columns), Index.of(columns), Index.ONE, value, Index.of(columns));
  }

  private Map<String, Index> at(Axis axis, Index position) {
    Map<String, Index> all = new HashMap<>(positions);
    all.put(axis.name(), position);
    return all;
  }

  private Index first() {
    return positions.get(queries.name());
  }

  private Buffer buffer(Element.Read read) {
    return scope.buffer(read.buffer(), read.dtype());
  }

  private Register register(String hint) {
    return scope.register(hint, row, Tile.Type.F32);
  }

  private Tile fill(double value) {
    return new Tile.Fill(row, Tile.Type.F32, value);
  }

  private Tile zero(int rows) {
    return new Tile.Fill(new Tile.Shape(rows, columns), Tile.Type.F32, 0);
  }

  private Index define(String hint, Index value, List<Statement> into) {
    String name = scope.variable(hint);
    into.add(new Statement.Define(name, value));
    return Index.variable(name);
  }
}
