package dev.tilewright.target.pim;

import dev.tilewright.codegen.UnsupportedProgramException;
import dev.tilewright.codegen.graph.Origin;
import dev.tilewright.pim.map.AttentionMap;
import dev.tilewright.pim.map.CapacityException;
import dev.tilewright.pim.map.MatrixMap;
import dev.tilewright.pim.map.Product;
import dev.tilewright.pim.map.RowAllocator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Where the matrices of a plan lie in a device's banks, and where those caches do that sessions
 * take behind them.
 */
final class Mapping {
  private final Instances instances;
  private final RowAllocator rows;
  private final Map<Instances.Matrix, Product> products = new LinkedHashMap<>();

  /**
   * Takes rows for the matrices.
   *
   * @throws UnsupportedProgramException if there are too few, at the weight that is too much
   */
  Mapping(Instances instances, RowAllocator rows) {
    this.instances = instances;
    this.rows = rows;
    for (Instances.Matrix matrix : instances.matrices().keySet()) {
      String name = instances.recipes().get(matrix.word()).parts().getFirst().name();
      products.put(
          matrix,
          at(
              instances.weightOrigin(matrix.word()),
              () ->
                  new Product(
                      MatrixMap.of(rows, name, matrix.outputs().size(), matrix.depth().size()))));
    }
  }

  private static <T> T at(Origin origin, Supplier<T> mapped) {
    try {
      return mapped.get();
    } catch (CapacityException e) {
      throw new UnsupportedProgramException(e.getMessage(), origin);
    }
  }

  Map<Instances.Matrix, Product> products() {
    return products;
  }

  /** Rows of every bank that are taken. */
  int rowsTaken() {
    return rows.taken();
  }

  /**
   * Takes rows for the caches of a session, by the names of the keys' states.
   *
   * @throws UnsupportedProgramException if there are too few, at the state that is too much
   */
  Map<String, AttentionMap> session() {
    Map<String, AttentionMap> maps = new LinkedHashMap<>();
    instances
        .caches()
        .forEach(
            (name, cache) ->
                maps.put(
                    name,
                    at(
                        instances.stateOrigin(name),
                        () -> new AttentionMap(rows, name, cache.use().size()))));
    return maps;
  }
}
