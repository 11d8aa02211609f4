package dev.tilewright.codegen.lower;

import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.cost.KernelCost;
import dev.tilewright.codegen.cost.TileSize;
import dev.tilewright.codegen.cost.Tuning;
import dev.tilewright.codegen.tile.Kernel;
import dev.tilewright.codegen.tile.MachineModel;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Decides the size of a product's tiles: what was measured, or else what the cost model finds
 * cheapest once the whole kernel is written with it, tails and epilogue included.
 *
 * @param target the target's name, under which sizes were measured
 */
public record TileChoice(String target, MachineModel machine, Tuning tuning, Trace trace) {
  /** How many sizes are tried. */
  private static final int CANDIDATES = 6;

  /** How much cheaper a later candidate must be: below that the model cannot tell them apart. */
  private static final double CLEARLY = 0.97;

  /**
   * The kernel with the best tiles.
   *
   * @param product what is multiplied, for {@link Tuning}
   * @param candidates the more promising first
   * @param kernel writes the kernel with a size
   */
  Lowered best(String product, List<MicroTile> candidates, Function<MicroTile, Lowered> kernel) {
    int most = Math.min(CANDIDATES, candidates.size());
    return choose(product, candidates.subList(0, most), kernel, TileChoice::cheapest);
  }

  /**
   * The kernel with the first tiles if none were measured: where the cost model tells sizes apart
   * too badly to decide.
   */
  Lowered first(String product, List<MicroTile> candidates, Function<MicroTile, Lowered> kernel) {
    TileSize first = candidates.getFirst().size();
    return choose(product, candidates, kernel, _ -> first);
  }

  private Lowered choose(
      String product,
      List<MicroTile> candidates,
      Function<MicroTile, Lowered> kernel,
      Function<Map<TileSize, Double>, TileSize> unmeasured) {
    Map<MicroTile, Lowered> kernels = new LinkedHashMap<>();
    Map<TileSize, Double> cycles = new LinkedHashMap<>();
    for (MicroTile tile : candidates) {
      Lowered lowered = kernel.apply(tile);
      kernels.put(tile, lowered);
      cycles.put(tile.size(), cycles(lowered.kernel()));
    }
    Optional<TileSize> measured = tuning.size(target, product).filter(cycles::containsKey);
    TileSize chosen = measured.orElseGet(() -> unmeasured.apply(cycles));
    Lowered result = kernels.get(new MicroTile(chosen.rows(), chosen.columns()));
    trace.choose(
        new Trace.Choice(result.kernel().name(), product, cycles, chosen, measured.isPresent()));
    return result;
  }

  private static TileSize cheapest(Map<TileSize, Double> cycles) {
    TileSize best = null;
    for (TileSize size : cycles.keySet()) {
      if (best == null || cycles.get(size) < CLEARLY * cycles.get(best)) {
        best = size;
      }
    }
    return best;
  }

  /** With extents that are not known at a typical value. */
  private double cycles(Kernel kernel) {
    Map<String, Long> sizes = new HashMap<>();
    kernel.symbols().forEach(symbol -> sizes.put(symbol, Extents.typical(symbol)));
    return KernelCost.cycles(kernel, machine, sizes, 1);
  }
}
