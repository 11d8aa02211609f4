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
 * each other each asks for an n-th part, spread evenly over its sum. What follows the last panel is
 * most often the next operation's weight.
 *
 * @param width columns of a panel
 */
record PanelPrefetch(Buffer weight, WeightPanels panels, int width) {
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
   * @param into where variables are defined
   */
  Aside part(
      KernelScope scope,
      MachineModel machine,
      Index panel,
      Index below,
      Index tiles,
      List<Statement> into) {
    String stride = scope.variable("share");
    String start = scope.variable("ahead");
    into.add(new Statement.Define(stride, Index.of(width - 1).plus(tiles).dividedBy(tiles)));
    Index next = panel.plus(1).times(panels.depth() * width);
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
