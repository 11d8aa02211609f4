package dev.tilewright.codegen.lower;

import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Brings the next panel of a weight near while the tiles of the present one run: of n tiles below
 * each other each asks for an n-th part, spread evenly over its sum. While a worker's last panel
 * runs, that is what the worker reads first of the next product's weight ({@link WeightStream}).
 *
 * @param width columns of a panel
 * @param following the variable that tells where the next product's panels are, in elements from
 *     this weight's start
 */
record PanelPrefetch(Buffer weight, WeightPanels panels, int width, String following) {
  /** What a tile does at each step of its sum. */
  interface Aside {
    Aside NOTHING = _ -> List.of();

    List<Statement> at(Map<String, Index> steps);
  }

  /**
   * A tile's part.
   *
   * @param panel the present panel
   * @param below how many tiles of the panel ran before
   * @param tiles how many tiles there are below each other
   * @param left how many of the worker's tiles come behind those of the panel
   * @param into where variables are defined
   */
  Aside part(
      KernelScope scope,
      MachineModel machine,
      Index panel,
      Index below,
      Index tiles,
      Index left,
      List<Statement> into) {
    String stride = scope.variable("share");
    String start = scope.variable("ahead");
    into.add(new Statement.Define(stride, Index.of(width - 1).plus(tiles).dividedBy(tiles)));
    String more = scope.variable("more");
    into.add(new Statement.Define(more, left.max(Index.ZERO).min(Index.ONE)));
    Index beyond = Index.variable(following);
    Index inside = panel.plus(1).times(panels.depth() * width).plus(panels.header());
    Index next = beyond.plus(inside.minus(beyond).times(Index.variable(more)));
    into.add(
        new Statement.Define(
            start, next.plus(below.times(Index.variable(stride)).times(panels.depth()))));
    int line = machine.lineBytes() / weight.dtype().bytes();
    return steps -> {
      Index depth = Index.ZERO;
      for (Map.Entry<String, Index> step : steps.entrySet()) {
        depth = depth.plus(step.getValue().times(panels.steps().get(step.getKey())));
      }
      List<Statement> body = new ArrayList<>();
      Index at = Index.variable(start).plus(depth.times(Index.variable(stride)));
      for (int column = 0; column < width; column += line) {
        body.add(new Statement.Prefetch(weight, at.plus(column)));
      }
      return body;
    };
  }
}
