package dev.tilewright.codegen.lower;

import dev.tilewright.Dim;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * An extent cut into tiles of one row: how many columns each has, and the last one's fewer.
 *
 * @param extent of the axis along the lanes
 * @param columns of a tile; 1 where nothing can lie across lanes
 */
record Chunks(Dim extent, int columns) {
  /** Statements for a chunk that starts at a position and has that many valid columns. */
  interface Body {
    List<Statement> at(Index position, Index valid);
  }

  /** Four vectors a tile keep the pipes busy; fewer where the extent is known to be short. */
  static Chunks of(Dim extent, MachineModel machine) {
    long vectors =
        extent.isKnown() ? Math.ceilDiv(Math.max(extent.value(), 1), machine.lanes()) : 4;
    return new Chunks(extent, machine.lanes() * (int) Math.min(vectors, 4));
  }

  static Chunks scalar(Dim extent) {
    return new Chunks(extent, 1);
  }

  /** How many chunks there are. */
  Index count() {
    return Index.of(extent).ceilDividedBy(columns);
  }

  /** Chunk number i: whole, or what is left at the end. */
  List<Statement> chunk(KernelScope scope, Index number, Body body) {
    List<Statement> statements = new ArrayList<>();
    String start = scope.variable("start");
    statements.add(new Statement.Define(start, number.times(columns)));
    Index position = Index.variable(start);
    if (extent.isKnown() && extent.value() % columns == 0) {
      statements.addAll(body.at(position, Index.of(columns)));
    } else if (extent.isKnown() && extent.value() < columns) {
      statements.addAll(body.at(position, Index.of(extent)));
    } else {
      Index left = Index.of(extent).minus(position);
      statements.add(
          new Statement.If(
              left,
              Index.of(columns),
              body.at(position, left),
              body.at(position, Index.of(columns))));
    }
    return statements;
  }

  /** All chunks one after another. */
  List<Statement> loop(KernelScope scope, Body body) {
    List<Statement> statements = new ArrayList<>();
    if (extent.isKnown() && extent.value() <= columns) {
      return chunk(scope, Index.ZERO, body);
    }
    String number = scope.variable("chunk");
    Index whole = Index.of(extent).dividedBy(columns);
    String start = scope.variable("start");
    List<Statement> inner = new ArrayList<>();
    inner.add(new Statement.Define(start, Index.variable(number).times(columns)));
    inner.addAll(body.at(Index.variable(start), Index.of(columns)));
    statements.add(new Statement.Loop(number, Index.ZERO, whole, 1, 1, inner));
    if (!(extent.isKnown() && extent.value() % columns == 0) && columns > 1) {
      Index position = whole.times(columns);
      Index left = Index.of(extent).minus(position);
      statements.add(new Statement.If(Index.ZERO, left, body.at(position, left), List.of()));
    }
    return statements;
  }
}
