package dev.tilewright.codegen.lower;

import dev.tilewright.Dim;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.schema.RaggedAxes;
import java.util.Collection;

/** Sizes for cost models and scratch memory. */
final class Extents {
  /** What costs are weighed with where an extent is a symbol. */
  static final long TYPICAL = 64;

  private Extents() {}

  /** The extent, with every symbol at a typical value. */
  static long typical(Dim extent) {
    return Math.max(1, extent.evaluate(Extents::typical));
  }

  /** The value that a symbol is taken to have; the lengths of a batch together are its square. */
  static long typical(String symbol) {
    return RaggedAxes.isTotal(symbol) ? TYPICAL * TYPICAL : TYPICAL;
  }

  /** How many points the axes have. */
  static Dim points(Collection<Axis> axes) {
    Dim product = Dim.ONE;
    for (Axis axis : axes) {
      product = product.times(axis.extent());
    }
    return product;
  }
}
