package dev.tilewright.codegen.lower;

import dev.tilewright.codegen.tile.Kernel;
import dev.tilewright.schema.ModelSchema.Layout;
import java.util.List;
import java.util.Map;

/**
 * A region's kernel and what to hand it.
 *
 * @param kernel its code
 * @param arguments the function's buffer for each of the kernel's parameters
 * @param layouts the form in which weights among the arguments must come; {@link Layout.Plain}
 *     where it says nothing
 */
record Lowered(Kernel kernel, List<String> arguments, Map<String, Layout> layouts) {
  Lowered {
    arguments = List.copyOf(arguments);
    layouts = Map.copyOf(layouts);
  }

  Lowered(Kernel kernel, List<String> arguments) {
    this(kernel, arguments, Map.of());
  }
}
