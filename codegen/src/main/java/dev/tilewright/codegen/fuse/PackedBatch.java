package dev.tilewright.codegen.fuse;

import dev.tilewright.Dim;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Affine.Term;
import dev.tilewright.schema.RaggedAxes;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A function's buffers when a batch is ragged, and what is the same for all its sequences. */
final class PackedBatch {
  private final RaggedAxes ragged;
  private final RegionFunction function;
  private final Map<String, PackedLayout> layouts;

  PackedBatch(RaggedAxes ragged, RegionFunction function, Map<String, PackedLayout> layouts) {
    this.ragged = ragged;
    this.function = function;
    this.layouts = layouts;
  }

  RaggedAxes ragged() {
    return ragged;
  }

  /** The place of a session's states in elements of a buffer. */
  Affine place(String buffer, String sequence) {
    int bytes = function.buffer(buffer).type().dtype().bytes();
    return Affine.of(new Term.Place(sequence)).times(Dim.of(RaggedAxes.PLACE / bytes));
  }

  /** The dense shape of a buffer. */
  List<Dim> shape(String buffer) {
    return function.buffer(buffer).type().shape();
  }

  /**
   * A buffer that is there once has the longest sequence's strides, so every axis must walk along
   * one of its own, or along several of which only the outermost has the length: an index that was
   * flattened over the length would mean other elements for a shorter sequence.
   */
  void checkShared(String buffer, Affine index, Function<String, Dim> extents) throws Illegal {
    List<Dim> shape = shape(buffer);
    boolean fine = !hasLength(index.base());
    for (Map.Entry<Term, Dim> entry : index.terms().entrySet()) {
      Dim extent =
          switch (entry.getKey()) {
            case Term.Of of -> extents.apply(of.axis());
            case Term.Remainder r -> r.divisor();
            case Term.Clamp c -> c.bound();
            case Term.Lookup l -> l.bound();
            case Term.Start _, Term.Place _, Term.Quotient _ -> null;
          };
      fine &= extent != null && walksAlongOne(shape, entry.getValue(), extent);
    }
    Illegal.unless(
        fine,
        index
            + " takes elements of '"
            + buffer
            + "' that are in other places for sequences of other lengths");
  }

  private boolean walksAlongOne(List<Dim> shape, Dim step, Dim extent) {
    Dim stride = Dim.ONE;
    for (int axis = shape.size() - 1; axis >= 0; axis--) {
      Dim steps = step.exactlyDividedBy(stride);
      Dim room = Dim.ONE;
      for (int outer = axis; outer >= 0 && steps != null && !hasLength(steps); outer--) {
        room = room.times(shape.get(outer));
        if (steps.times(extent).isProvablyAtMost(room)) {
          return true;
        }
        if (hasLength(shape.get(outer))) {
          break;
        }
      }
      stride = stride.times(shape.get(axis));
    }
    return false;
  }

  PackedLayout layout(String buffer) {
    return buffer == null
        ? new PackedLayout(PackedLayout.Kind.FIXED, Dim.ZERO)
        : layouts.get(buffer);
  }

  /** A stride over whole batches: {@code c*B*S} becomes {@code c*total}. */
  Dim sum(Dim dense) throws Illegal {
    RaggedAxes.Linear linear = RaggedAxes.linear(dense, ragged.batch());
    Dim all = linear == null ? null : ragged.sum(linear.factor());
    Illegal.unless(all != null, dense + " is not the size of a batch");
    return all.plus(linear.rest());
  }

  boolean hasBatch(Dim dim) {
    return dim.symbols().contains(ragged.batch());
  }

  /** Whether the extent is another for each sequence. */
  boolean hasLength(Dim dim) {
    return dim.symbols().contains(ragged.length()) || RaggedAxes.hasSession(dim);
  }
}
