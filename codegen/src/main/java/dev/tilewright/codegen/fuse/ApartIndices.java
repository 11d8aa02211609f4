package dev.tilewright.codegen.fuse;

import dev.tilewright.Dim;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Affine.Term;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Space;
import dev.tilewright.schema.RaggedAxes;
import java.util.Map;

/** An axis of sequences, and axes as long as the sequence. */
final class ApartIndices implements RaggedIndices {
  private final PackedBatch batch;
  private final String sequence;
  private final String split;
  private final Affine value;
  private final Space space;
  private boolean knowsSequence;

  /**
   * @param sequence the axis of sequences
   * @param split the axis that it was a part of
   * @param value what that one was, in terms of the new axes
   * @param space the new axes, still of dense extents
   */
  ApartIndices(PackedBatch batch, String sequence, String split, Affine value, Space space) {
    this.batch = batch;
    this.sequence = sequence;
    this.split = split;
    this.value = value;
    this.space = space;
  }

  @Override
  public Affine of(String buffer, Affine index) throws Illegal {
    Affine at =
        divided(
            index.substitute(axis -> axis.equals(split) ? value : Affine.of(new Term.Of(axis))));
    PackedLayout layout = batch.layout(buffer);
    Illegal.unless(
        at.coefficient(sequence).equals(layout.stride()),
        buffer == null
            ? "the position " + index + " depends on the sequence's number"
            : "an element of '"
                + buffer
                + "' belongs to another sequence than what it is used for");
    if (layout.kind() == PackedLayout.Kind.SHARED) {
      batch.checkShared(buffer, at, axis -> space.axis(axis).extent());
    }
    Affine result = Affine.constant(factor(layout, at.base()));
    for (Map.Entry<Term, Dim> entry : at.terms().entrySet()) {
      Affine term;
      if (entry.getKey().equals(new Term.Of(sequence))
          && layout.kind() == PackedLayout.Kind.SESSION) {
        knowsSequence = true;
        term = batch.place(buffer, sequence);
      } else if (entry.getKey().equals(new Term.Of(sequence))) {
        RaggedAxes.Linear stride = RaggedAxes.linear(entry.getValue(), batch.ragged().length());
        knowsSequence |= !stride.factor().equals(Dim.ZERO);
        term =
            Affine.of(new Term.Start(sequence))
                .times(stride.factor())
                .plus(Affine.of(entry.getKey()).times(stride.rest()));
      } else {
        term = Affine.of(inner(entry.getKey())).times(factor(layout, entry.getValue()));
      }
      result = result.plus(term);
    }
    return result;
  }

  /** Whether anything so far was of one sequence's length or place. */
  boolean knowsSequence() {
    return knowsSequence;
  }

  /** The axis, as long as the sequence where it was as long as the longest. */
  Axis own(Axis axis) {
    return new Axis(axis.name(), own(axis.extent()));
  }

  private Dim own(Dim extent) {
    knowsSequence |= batch.hasLength(extent);
    return batch.ragged().own(extent);
  }

  private Dim factor(PackedLayout layout, Dim dense) throws Illegal {
    if (layout.kind() == PackedLayout.Kind.SHARED) {
      return dense;
    }
    Dim packed = layout.kind() == PackedLayout.Kind.PACKED ? batch.sum(dense) : dense;
    Illegal.unless(!batch.hasBatch(packed), "the number of sequences is used");
    return own(packed);
  }

  private Term inner(Term term) throws Illegal {
    return switch (term) {
      case Term.Of _ -> term;
      case Term.Start _, Term.Place _ ->
          throw new IllegalStateException(term + " before batches are ragged");
      case Term.Quotient q -> new Term.Quotient(of(null, q.dividend()), ownBound(q.divisor()));
      case Term.Remainder r -> new Term.Remainder(of(null, r.dividend()), ownBound(r.divisor()));
      case Term.Clamp c -> new Term.Clamp(of(null, c.value()), ownBound(c.bound()));
      case Term.Lookup l -> {
        Illegal.unless(!batch.hasBatch(l.bound()), "sequences are chosen by number");
        yield new Term.Lookup(l.buffer(), of(l.buffer(), l.offset()), own(l.bound()), l.site());
      }
    };
  }

  private Dim ownBound(Dim dense) throws Illegal {
    Illegal.unless(!batch.hasBatch(dense), "the number of sequences is used");
    return own(dense);
  }

  /** With quotients and remainders that come out even now that the sequence is an axis. */
  private Affine divided(Affine index) {
    Affine sum = Affine.constant(index.base());
    for (Map.Entry<Term, Dim> entry : index.terms().entrySet()) {
      Affine term =
          switch (entry.getKey()) {
            case Term.Quotient q -> space.divide(divided(q.dividend()), q.divisor()).quotient();
            case Term.Remainder r -> space.divide(divided(r.dividend()), r.divisor()).remainder();
            case Term.Of _, Term.Start _, Term.Place _, Term.Clamp _, Term.Lookup _ ->
                Affine.of(entry.getKey());
          };
      sum = sum.plus(term.times(entry.getValue()));
    }
    return sum;
  }
}
