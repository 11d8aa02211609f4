package dev.tilewright.processor.tune;

import dev.tilewright.codegen.Trace.Choice;
import dev.tilewright.codegen.cost.TileSize;
import dev.tilewright.processor.compile.CompiledTarget;
import dev.tilewright.schema.Profile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A library that was compiled with some sizes of tiles.
 *
 * @param choices the size of each product's tiles, and what else it could be
 */
public record Variant(CompiledTarget compiled, List<Choice> choices) {
  public Variant {
    choices = List.copyOf(choices);
  }

  /** The size of each product's tiles. */
  Map<String, TileSize> chosen() {
    Map<String, TileSize> sizes = new HashMap<>();
    choices.forEach(choice -> sizes.put(choice.product(), choice.chosen()));
    return sizes;
  }

  /** Nanoseconds that the kernels of each product took. */
  Map<String, Double> times(Profile profile) {
    Map<String, Double> times = new HashMap<>();
    for (Choice choice : choices) {
      profile
          .kernel(choice.kernel())
          .ifPresent(time -> times.merge(choice.product(), time.nanos(), Double::sum));
    }
    return times;
  }
}
