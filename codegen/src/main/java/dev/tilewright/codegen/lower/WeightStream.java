package dev.tilewright.codegen.lower;

import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Kernel;
import dev.tilewright.codegen.tile.Statement;

/**
 * The panels of a weight that a kernel reads, as a part of the stream of weights that runs through
 * the whole program. The weight table's tensors lie in memory one behind the other, so that how far
 * it is from one kernel's weight to the next one's is known when the program is compiled.
 *
 * @param name the function's buffer
 * @param weight the kernel's parameter for it
 * @param header elements before the first panel
 * @param panelElements elements of a panel
 * @param panels how many there are
 * @param following the kernel's variable that tells where the next kernel's panels start
 */
record WeightStream(
    String name, Buffer weight, long header, long panelElements, long panels, String following) {
  /** The stream of a weight whose columns lie along the axis. */
  static WeightStream of(
      KernelScope scope, String name, Buffer weight, WeightPanels panels, int width, Axis lane) {
    return new WeightStream(
        name,
        weight,
        panels.header(),
        panels.depth() * width,
        Math.ceilDiv(lane.extent().value(), width),
        scope.variable("following"));
  }

  /** Where the panel starts that a worker reads first, in bytes from the weight's start. */
  Index firstByte() {
    Index panel = Index.of(panels).times(KernelScope.WORKER).dividedBy(KernelScope.WORKERS);
    return panel.times(panelElements).plus(header).times(weight.dtype().bytes());
  }

  /** Sets the variable to the end of the weight, until it is known what follows. */
  Statement end() {
    return new Statement.Define(following, Index.of(header + panels * panelElements));
  }

  /**
   * The kernel with the variable set to what follows.
   *
   * @param bytes how far it is from the start of this weight to what the worker reads next; a
   *     multiple of an element
   */
  Kernel followedBy(Index bytes, Kernel kernel) {
    Statement next = new Statement.Define(following, bytes.dividedBy(weight.dtype().bytes()));
    return kernel.withBody(
        kernel.body().stream()
            .map(statement -> statement.equals(end()) ? next : statement)
            .toList());
  }
}
