package dev.tilewright.codegen.fuse;

import dev.tilewright.Dim;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Affine.Term;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What does not depend on the batch is computed once, for the longest sequence. Shorter ones use
 * the beginning of it, so it must not depend on the length.
 */
final class SharedIndices implements RaggedIndices {
  private final PackedBatch batch;
  private final Map<String, Dim> extents = new HashMap<>();
  private final Map<String, Set<List<Dim>>> walks = new HashMap<>();

  SharedIndices(PackedBatch batch, Region region) throws Illegal {
    this.batch = batch;
    Elements.visit(
        RegionParts.elements(region),
        element -> {
          switch (element) {
            case Element.Read read -> walk(read.buffer(), read.offset());
            case Element.Position position -> walk(null, position.value());
            case Element.Constant _, Element.Local _, Element.Unary _, Element.Cast _ -> {}
            case Element.Binary _, Element.Compare _, Element.Select _ -> {}
          }
        });
    region.outputs().forEach(output -> walk(output.buffer(), output.offset()));
    RegionParts.axes(region).forEach(axis -> extents.put(axis.name(), axis.extent()));
    for (Axis axis : RegionParts.dependent(region)) {
      Illegal.unless(
          !batch.hasLength(axis.extent()),
          "what does not depend on "
              + batch.ragged().batch()
              + " is summed over "
              + axis.extent()
              + ", and there is no one length of all sequences");
    }
  }

  /** Notes how far a step along each axis goes, and in a tensor of what shape. */
  private void walk(String buffer, Affine index) {
    List<Dim> shape =
        batch.layout(buffer).kind() == PackedLayout.Kind.SHARED ? batch.shape(buffer) : List.of();
    for (Map.Entry<Term, Dim> entry : index.terms().entrySet()) {
      List<Dim> walk = new ArrayList<>(shape);
      walk.add(entry.getKey() instanceof Term.Of ? entry.getValue() : Dim.ZERO);
      for (String axis : Affine.of(entry.getKey()).axes()) {
        walks.computeIfAbsent(axis, _ -> new HashSet<>()).add(walk);
      }
    }
  }

  /** Of an axis that goes the same way through tensors of one shape any order is right. */
  private Dim extent(String axis) {
    return walks.get(axis).size() == 1 ? Dim.ONE : extents.get(axis);
  }

  @Override
  public Affine of(String buffer, Affine index) throws Illegal {
    PackedLayout layout = batch.layout(buffer);
    Illegal.unless(
        layout.kind() != PackedLayout.Kind.PACKED && layout.kind() != PackedLayout.Kind.SESSION,
        "'" + buffer + "' is used without saying of which sequence");
    if (layout.kind() == PackedLayout.Kind.SHARED) {
      batch.checkShared(buffer, index, this::extent);
    } else {
      Illegal.unless(!knowsLength(index), lengthUnknown(index));
    }
    for (Term term : index.terms().keySet()) {
      Affine inner =
          switch (term) {
            case Term.Of _, Term.Start _, Term.Place _ -> Affine.ZERO;
            case Term.Quotient q -> of(null, q.dividend()).plus(q.divisor());
            case Term.Remainder r -> of(null, r.dividend()).plus(r.divisor());
            case Term.Clamp c -> of(null, c.value()).plus(c.bound());
            case Term.Lookup l -> {
              of(l.buffer(), l.offset());
              yield Affine.constant(l.bound());
            }
          };
      Illegal.unless(!knowsLength(inner), lengthUnknown(index));
    }
    return index;
  }

  private String lengthUnknown(Affine index) {
    return index
        + " is used for what does not depend on "
        + batch.ragged().batch()
        + ", and there is no one length of all sequences";
  }

  private boolean knowsLength(Affine index) {
    return batch.hasLength(index.base())
        || batch.hasBatch(index.base())
        || index.terms().values().stream().anyMatch(batch::hasLength);
  }
}
