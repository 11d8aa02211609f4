package dev.tilewright.codegen.lower;

import dev.tilewright.codegen.tile.Kernel;
import dev.tilewright.schema.ModelSchema.Layout;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A region's kernel and what to hand it.
 *
 * @param kernel its code
 * @param arguments the function's buffer for each of the kernel's parameters
 * @param layouts the form in which weights among the arguments must come; {@link Layout.Plain}
 *     where it says nothing
 * @param streams the weights that it reads panel by panel; the kernel before it prefetches the
 *     first
 * @param then what runs when all workers are done with it
 */
record Lowered(
    Kernel kernel,
    List<String> arguments,
    Map<String, Layout> layouts,
    List<WeightStream> streams,
    Optional<Lowered> then) {
  Lowered {
    arguments = List.copyOf(arguments);
    layouts = Map.copyOf(layouts);
    streams = List.copyOf(streams);
  }

  Lowered(Kernel kernel, List<String> arguments) {
    this(kernel, arguments, Map.of(), List.of(), Optional.empty());
  }

  /** The same with another kernel behind it. */
  Lowered then(Lowered next) {
    return new Lowered(kernel, arguments, layouts, streams, Optional.of(next));
  }

  /** The same with another kernel. */
  Lowered withKernel(Kernel other) {
    return new Lowered(other, arguments, layouts, streams, then);
  }
}
