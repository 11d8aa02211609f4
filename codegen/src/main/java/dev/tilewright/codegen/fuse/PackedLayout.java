package dev.tilewright.codegen.fuse;

import dev.tilewright.Dim;
import dev.tilewright.schema.RaggedAxes;
import java.util.List;

/**
 * How a buffer lies in memory when a batch is ragged.
 *
 * @param kind which extents enter
 * @param stride if {@link Kind#PACKED} or {@link Kind#SESSION}: how far apart neighbouring
 *     sequences are in the dense form
 */
record PackedLayout(Kind kind, Dim stride) {
  enum Kind {
    /** Neither batch nor length: weights, tables. */
    FIXED,
    /**
     * The length but not the batch: there once, for the longest sequence; shorter ones see less.
     */
    SHARED,
    /** The batch: sequence after sequence, each as long as it is. */
    PACKED,
    /** The batch, of a state: each sequence's part lies with its session. */
    SESSION
  }

  /**
   * The layout of a buffer of a shape.
   *
   * @throws Illegal if sequences cannot be packed; says why
   */
  static PackedLayout of(List<Dim> shape, RaggedAxes ragged) throws Illegal {
    List<Dim> batched =
        shape.stream().filter(extent -> extent.symbols().contains(ragged.batch())).toList();
    if (batched.isEmpty()) {
      boolean shared =
          shape.stream().anyMatch(extent -> extent.symbols().contains(ragged.length()));
      return new PackedLayout(shared ? Kind.SHARED : Kind.FIXED, Dim.ZERO);
    }
    int at = shape.indexOf(batched.getFirst());
    Dim part = batched.getFirst().exactlyDividedBy(ragged.sequences());
    if (batched.size() > 1 || part == null || part.symbols().contains(ragged.batch())) {
      throw new Illegal(ragged.batch() + " is not one axis of it");
    }
    for (Dim outer : shape.subList(0, at)) {
      if (outer.symbols().contains(ragged.length())) {
        throw new Illegal(
            ragged.length()
                + " stands before "
                + ragged.batch()
                + ", so that no sequence is whole");
      }
    }
    Dim stride = part;
    for (Dim inner : shape.subList(at + 1, shape.size())) {
      stride = stride.times(inner);
    }
    if (RaggedAxes.linear(stride, ragged.length()) == null) {
      throw new Illegal(
          "a sequence takes "
              + stride
              + " elements of it, which is no multiple of "
              + ragged.length()
              + " and so not of what the sequence brings");
    }
    return new PackedLayout(Kind.PACKED, stride);
  }
}
