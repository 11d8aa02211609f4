package dev.tilewright.codegen.lower;

import dev.tilewright.Dim;
import dev.tilewright.codegen.index.Axis;
import java.util.Collection;

/** Sizes for cost models and scratch memory. */
final class Extents {
  /** What costs are weighed with where an extent is a symbol. */
  static final long TYPICAL = 64;

  private Extents() {}

  /** The extent, with every symbol at a typical value. */
  static long typical(Dim extent) {
    return Math.max(1, extent.evaluate(_ -> TYPICAL));
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
