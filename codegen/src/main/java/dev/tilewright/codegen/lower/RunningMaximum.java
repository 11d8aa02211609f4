package dev.tilewright.codegen.lower;

import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.tile.Register;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import dev.tilewright.codegen.tile.Tile.BinaryOp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The greatest score that each query has seen so far, and the sums that are relative to it. */
final class RunningMaximum {
  private final KernelScope scope;
  private final Region.Streamed region;
  private final Tile.Shape shape;

  /** The greatest score so far. */
  final Register maximum;

  /** 0, or NaN where nothing was above minus infinity. */
  private final Register doubt;

  /** What to multiply with when the maximum has grown. */
  final Register rescale;

  final Map<Region.Reduction, Register> sums = new LinkedHashMap<>();

  /**
   * @param shape an element for each query
   */
  RunningMaximum(KernelScope scope, Region.Streamed region, Tile.Shape shape) {
    this.scope = scope;
    this.region = region;
    this.shape = shape;
    maximum = scope.register("maximum", shape, Tile.Type.F32);
    doubt = scope.register("doubt", shape, Tile.Type.F32);
    rescale = scope.register("rescale", shape, Tile.Type.F32);
    region.sums().forEach(sum -> sums.put(sum, scope.register(sum.name(), shape, Tile.Type.F32)));
  }

  /** Nothing seen yet. */
  List<Statement> start() {
    List<Statement> body = new ArrayList<>();
    body.add(new Statement.Set(maximum, fill(Double.NEGATIVE_INFINITY)));
    sums.values().forEach(sum -> body.add(new Statement.Set(sum, fill(0))));
    return body;
  }

  /**
   * {@code rescale = exp(maximum - greatest)} and 1 where it did not grow, so that nothing changes;
   * the reference is the maximum, or 0 while it is minus infinity, so that scores of minus infinity
   * weigh {@code exp(-inf - 0) = 0}.
   *
   * @param greatest the greatest score so far and of a block
   * @param reference what the block's scores are to be relative to
   */
  List<Statement> raise(Register greatest, Register reference) {
    Tile before = new Tile.Read(maximum);
    Tile after = new Tile.Read(greatest);
    Tile none = new Tile.Binary(BinaryOp.EQ, after, fill(Double.NEGATIVE_INFINITY));
    List<Statement> body = new ArrayList<>();
    body.add(new Statement.Set(rescale, factor(before, after)));
    body.add(new Statement.Set(maximum, after));
    body.add(new Statement.Set(reference, new Tile.Select(none, fill(0), after)));
    for (Register sum : sums.values()) {
      body.add(new Statement.Set(sum, rescaled(new Tile.Read(sum))));
    }
    return body;
  }

  /**
   * The maximum and the sums as the outputs know them. Where no score was above minus infinity the
   * formula gives NaN, and so does {@code maximum - maximum}.
   */
  Map<String, Tile> results(List<Statement> into) {
    Map<String, Tile> results = new HashMap<>();
    if (region.maximum().isPresent()) {
      Tile greatest = new Tile.Read(maximum);
      into.add(new Statement.Set(doubt, new Tile.Binary(BinaryOp.SUB, greatest, greatest)));
      results.put(region.maximum().get().name(), greatest);
    }
    sums.forEach((sum, total) -> results.put(sum.name(), doubted(new Tile.Read(total))));
    return results;
  }

  /** A sum, after {@link #results}. */
  Tile doubted(Tile value) {
    return region.maximum().isEmpty()
        ? value
        : new Tile.Binary(BinaryOp.ADD, value, new Tile.Read(doubt));
  }

  Tile rescaled(Tile value) {
    return new Tile.Binary(BinaryOp.MUL, value, new Tile.Read(rescale));
  }

  /**
   * Adds what a piece of the keys gave: both are made relative to the greater maximum,
   *
   * <pre>
   * m' = max(m, piece's),  sum = piece's sum*exp(piece's m - m') + sum*exp(m - m')
   * </pre>
   */
  PieceMerge merge(RunningMaximum piece) {
    Map<Region.Reduction, Tile> pieceSums = new LinkedHashMap<>();
    piece.sums.forEach((sum, total) -> pieceSums.put(sum, new Tile.Read(total)));
    return merge(new Tile.Read(piece.maximum), pieceSums);
  }

  /**
   * The same.
   *
   * @param greatest of the piece
   * @param pieceSums over the piece
   */
  PieceMerge merge(Tile greatest, Map<Region.Reduction, Tile> pieceSums) {
    List<Statement> body = new ArrayList<>();
    Register piece = scope.register("piece", shape, Tile.Type.F32);
    Register mine = scope.register("before", shape, Tile.Type.F32);
    Register after = scope.register("greatest", shape, Tile.Type.F32);
    body.add(new Statement.Set(mine, fill(1)));
    body.add(new Statement.Set(rescale, fill(1)));
    if (region.maximum().isPresent()) {
      Tile theirs = new Tile.Read(piece);
      Tile own = new Tile.Read(maximum);
      body.add(new Statement.Set(piece, greatest));
      body.add(new Statement.Set(after, SweepBuilder.propagateNan(BinaryOp.MAX, theirs, own)));
      body.add(new Statement.Set(rescale, factor(theirs, new Tile.Read(after))));
      body.add(new Statement.Set(mine, factor(own, new Tile.Read(after))));
      body.add(new Statement.Set(maximum, new Tile.Read(after)));
    }
    PieceMerge merge = new PieceMerge(body, new Tile.Read(mine), new Tile.Read(rescale));
    sums.forEach(
        (sum, total) ->
            body.add(
                new Statement.Set(total, merge.sum(new Tile.Read(total), pieceSums.get(sum)))));
    return merge;
  }

  /** {@code exp(from - to)}, and 1 where both are minus infinity. */
  private Tile factor(Tile from, Tile to) {
    return new Tile.Select(
        new Tile.Binary(BinaryOp.EQ, from, to),
        fill(1),
        new Tile.Unary(Tile.UnaryOp.EXP, new Tile.Binary(BinaryOp.SUB, from, to)));
  }

  private Tile fill(double value) {
    return new Tile.Fill(shape, Tile.Type.F32, value);
  }
}
