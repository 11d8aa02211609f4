package dev.tilewright.codegen.lower;

import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * A streamed region with few queries: {@link KeyLanes} for each piece of the keys, then the merge
 * of the pieces. Neighbours in the order of work are queries of one piece, so that rows of a cache
 * are read by one worker while they are near.
 */
final class KeyLanesLoop {
  private static final Axis NO_ROWS = new Axis("row#", Dim.ONE);
  private static final int MOST_ROWS = 8;

  private final MachineModel machine;
  private final Region.Streamed region;
  private final String parts;
  private final Axis rows;
  private final int count;
  private final List<Axis> outer;

  /** Blocks of rows. */
  private final Index blocks;

  /** Results of a piece. */
  private final Index points;

  KeyLanesLoop(MachineModel machine, Region.Streamed region, String parts) {
    this.machine = machine;
    this.region = region;
    this.parts = parts;
    rows = rows();
    count = count(rows);
    outer = region.axes().stream().filter(axis -> !axis.equals(rows)).toList();
    blocks = Index.of(rows.extent().value() / count);
    points = WorkShare.points(outer).times(blocks);
  }

  /** Whether keys, and then the columns of the values, can lie along the lanes. */
  static boolean isPossible(Region.Streamed region) {
    return region.width().extent().isKnown()
        && StreamedLowering.canTile(region, region.keys())
        && StreamedLowering.canTile(region, region.width())
        && StreamedOperands.hasQueryRows(region);
  }

  /** The results of all pieces. */
  Statement pieces(KernelScope scope) {
    StreamedOperands operands = StreamedOperands.inPlace(region, scope);
    return WorkShare.loop(
        scope,
        Index.of(KeyPieces.count(region)).times(points),
        item -> {
          List<Statement> body = new ArrayList<>();
          QueryRows queries = queries(scope, item.remainder(points), body);
          Index from = item.dividedBy(points).times(KeyPieces.KEYS);
          VisibleKeys.Range seen =
              VisibleKeys.range(
                      region,
                      scope,
                      queries.positions(),
                      Index.of(rows.equals(region.axes().getLast()) ? count : 1),
                      KeyLanesScratch.KEYS,
                      body)
                  .within(from, from.plus(KeyPieces.KEYS));
          body.addAll(queries.start());
          body.addAll(
              new KeyLanes(machine, scope, region, operands, queries)
                  .statements(seen.from(), seen.to()));
          body.addAll(PieceResult.of(scope, region, queries, parts, first(scope), item).save());
          return body;
        });
  }

  /** The outputs. */
  Statement merge(KernelScope scope) {
    return WorkShare.loop(
        scope,
        points,
        item -> {
          List<Statement> body = new ArrayList<>();
          QueryRows queries = queries(scope, item, body);
          body.addAll(queries.start());
          String piece = scope.variable("piece");
          Index number = Index.variable(piece).times(points).plus(item);
          body.add(
              new Statement.Loop(
                  piece,
                  Index.ZERO,
                  Index.of(KeyPieces.count(region)),
                  1,
                  1,
                  PieceResult.of(scope, region, queries, parts, first(scope), number).merge()));
          body.addAll(queries.finish());
          return body;
        });
  }

  /** Where the results of the sequence at hand begin. */
  private Index first(KernelScope scope) {
    return scope.ofSequence(KeyPieces.elements(region, machine));
  }

  private QueryRows queries(KernelScope scope, Index point, List<Statement> into) {
    Map<String, Index> positions = WorkShare.positions(scope, outer, point.dividedBy(blocks), into);
    positions.put(rows.name(), point.remainder(blocks).times(count));
    return new QueryRows(machine, scope, region, rows, count, positions);
  }

  /** The axis of queries with the same keys, such as the heads of a group. */
  private Axis rows() {
    return region.axes().stream()
        .filter(axis -> axis.extent().isKnown() && sharesKeys(axis))
        .filter(axis -> StreamedLowering.canTile(region, axis))
        .max(Comparator.comparingLong(axis -> axis.extent().value()))
        .orElse(NO_ROWS);
  }

  private boolean sharesKeys(Axis axis) {
    return !region.key().offset().axes().contains(axis.name())
        && !region.value().offset().axes().contains(axis.name());
  }

  /** As many rows as fit the registers and leave none over. */
  private static int count(Axis rows) {
    long extent = rows.extent().value();
    int count = (int) Math.min(extent, MOST_ROWS);
    while (extent % count != 0) {
      count--;
    }
    return count;
  }
}
