package dev.tilewright.codegen.cost;

import dev.tilewright.codegen.tile.MachineModel;

/**
 * What a stretch of code without loops asks of a core. The parts run beside each other, so that it
 * takes as long as the longest:
 *
 * <pre>max(arithmetic/multiplyAdds, loads/loads a cycle, stores, chain) + scalar</pre>
 *
 * @param arithmetic vector instructions that compute, in those of a multiply-add's cost
 * @param loads vectors, or single elements, loaded
 * @param stores vectors, or single elements, stored
 * @param scalar cycles of integer divisions in indexes, which everything else waits for
 */
record Work(double arithmetic, double loads, double stores, double scalar) {
  static final Work NONE = new Work(0, 0, 0, 0);

  Work plus(Work other) {
    return new Work(
        arithmetic + other.arithmetic,
        loads + other.loads,
        stores + other.stores,
        scalar + other.scalar);
  }

  static Work ofArithmetic(double instructions) {
    return new Work(instructions, 0, 0, 0);
  }

  static Work ofLoads(double loads) {
    return new Work(0, loads, 0, 0);
  }

  /**
   * Cycles.
   *
   * @param chain those of the longest chain of results that wait for each other
   */
  double cycles(MachineModel machine, double chain) {
    double busy =
        Math.max(
            Math.max(arithmetic / machine.multiplyAdds(), chain),
            Math.max(loads / machine.loads(), stores));
    return busy + scalar;
  }
}
