package dev.tilewright.codegen.fuse;

import dev.tilewright.Dim;
import dev.tilewright.codegen.UnsupportedProgramException;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Affine.Term;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.codegen.index.Space;
import dev.tilewright.schema.RaggedAxes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Takes a region from dense batches to ragged ones. Every formula of it holds for each sequence by
 * itself with that sequence's length as S, if all that it reads and writes is of one sequence; only
 * the places in memory are others. Two cases:
 *
 * <pre>
 * one axis of b and s:  i:B*S,  x[c*i + ..]            becomes  i:total, x[c*i + ..]
 * b and s apart:        b:B, s:S,  x[(c*S)*b + c*s]    becomes  b:B ragged, s:own, x[c*start(b) + c*s]
 * </pre>
 *
 * So where it does not matter which sequence an element belongs to, as in products and norms, the
 * batch is one matrix of as many rows as there are elements. Where S stands for itself in a
 * formula, it is the length of the sequence at hand.
 */
final class RaggedRegions {
  private final RaggedAxes ragged;
  private final PackedBatch batch;

  RaggedRegions(RaggedAxes ragged, RegionFunction function, Map<String, PackedLayout> layouts) {
    this.ragged = ragged;
    batch = new PackedBatch(ragged, function, layouts);
  }

  /**
   * @throws UnsupportedProgramException if sequences mix in the region, or it needs a length where
   *     none is at hand
   */
  Region pack(Region region) {
    try {
      for (Axis axis : RegionParts.dependent(region)) {
        Illegal.unless(
            !batch.hasBatch(axis.extent()), "it sums over " + axis.extent() + ", so sequences mix");
      }
      List<Axis> batched =
          region.axes().stream().filter(axis -> batch.hasBatch(axis.extent())).toList();
      if (batched.isEmpty()) {
        return map(
            region, region.axes(), UnaryOperator.identity(), new SharedIndices(batch, region));
      }
      Axis axis = batched.getFirst();
      RaggedAxes.Linear extent = RaggedAxes.linear(axis.extent(), ragged.batch());
      Illegal.unless(
          batched.size() == 1 && extent != null && extent.rest().equals(Dim.ZERO),
          "it pairs sequences, or does not take all of them alike");
      Illegal.unless(
          !(region instanceof Region.Streamed stream && stream.axes().getLast().equals(axis)),
          "it attends from sequence to sequence");
      try {
        return together(region, axis, extent.factor());
      } catch (Illegal _) {
        return apart(region, axis, extent.factor());
      }
    } catch (Illegal e) {
      throw new UnsupportedProgramException(
          ragged.length()
              + " is ragged over "
              + ragged.batch()
              + ", so that each sequence is computed by itself, but here "
              + e.getMessage(),
          region.origin());
    }
  }

  /** One axis of all elements: legal if nothing asks which sequence one belongs to. */
  private Region together(Region region, Axis axis, Dim part) throws Illegal {
    Dim all = RaggedAxes.hasSession(part) ? null : ragged.sum(part);
    Illegal.unless(all != null, part + " is not linear in " + ragged.length());
    for (Axis other : RegionParts.axes(region)) {
      Illegal.unless(
          other.equals(axis) || !batch.hasLength(other.extent()),
          other + " has a sequence's length");
    }
    List<Axis> axes =
        region.axes().stream()
            .map(other -> other.equals(axis) ? new Axis(axis.name(), all) : other)
            .toList();
    return map(
        region, axes, UnaryOperator.identity(), new TogetherIndices(batch, axis.name(), part));
  }

  /** An axis of sequences, and axes as long as the sequence. */
  private Region apart(Region region, Axis axis, Dim part) throws Illegal {
    boolean whole = part.is(1);
    String name = whole ? axis.name() : axis.name() + "b";
    Axis inner = new Axis(axis.name() + "s", part);
    Affine value =
        whole
            ? Affine.of(new Term.Of(name))
            : Affine.of(new Term.Of(name)).times(part).plus(Affine.axis(inner));
    List<Axis> dense = new ArrayList<>();
    for (Axis other : RegionParts.axes(region)) {
      if (!other.equals(axis)) {
        dense.add(other);
      } else {
        dense.add(new Axis(name, ragged.sequences()));
        if (!whole) {
          dense.add(inner);
        }
      }
    }
    ApartIndices indices =
        new ApartIndices(batch, name, axis.name(), value, new Space(dense, names(dense)));
    List<Axis> axes = new ArrayList<>();
    for (Axis other : dense.subList(0, region.axes().size() + (whole ? 0 : 1))) {
      axes.add(other.name().equals(name) ? other : indices.own(other));
    }
    Region mapped = map(region, axes, indices::own, indices);
    if (!indices.knowsSequence()) {
      return mapped;
    }
    axes.replaceAll(
        other -> other.name().equals(name) ? new Axis(name, other.extent(), true) : other);
    return RegionParts.map(
        mapped, axes, UnaryOperator.identity(), element -> element, (_, index) -> index);
  }

  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Illegal why;

    Refused(Illegal why) {
      this.why = why;
    }
  }

  private static Region map(
      Region region, List<Axis> axes, UnaryOperator<Axis> extents, RaggedIndices indices)
      throws Illegal {
    try {
      Elements.OffsetMap elements =
          Elements.OffsetMap.ofBuffers((buffer, index) -> unchecked(indices, buffer, index));
      return RegionParts.map(
          region,
          axes,
          extents,
          elements::apply,
          (buffer, index) -> unchecked(indices, buffer, index));
    } catch (Refused refused) {
      throw refused.why;
    }
  }

  private static Affine unchecked(RaggedIndices indices, String buffer, Affine index) {
    try {
      return indices.of(buffer, index);
    } catch (Illegal e) {
      throw new Refused(e);
    }
  }

  private static Set<String> names(List<Axis> axes) {
    return Set.copyOf(axes.stream().map(Axis::name).toList());
  }
}
