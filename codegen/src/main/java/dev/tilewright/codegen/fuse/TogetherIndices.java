package dev.tilewright.codegen.fuse;

import dev.tilewright.Dim;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Affine.Term;
import java.util.Map;

/** One axis of all elements: legal if nothing asks which sequence one belongs to. */
final class TogetherIndices implements RaggedIndices {
  private final PackedBatch batch;
  private final String axis;
  private final Dim part;

  /**
   * @param axis of all elements of all sequences
   * @param part how many of them a sequence has
   */
  TogetherIndices(PackedBatch batch, String axis, Dim part) {
    this.batch = batch;
    this.axis = axis;
    this.part = part;
  }

  @Override
  public Affine of(String buffer, Affine index) throws Illegal {
    PackedLayout layout = batch.layout(buffer);
    Illegal.unless(layout.kind() != PackedLayout.Kind.SESSION, index + " asks for the session");
    boolean packed = layout.kind() == PackedLayout.Kind.PACKED;
    Dim step = index.coefficient(axis);
    Illegal.unless(step.times(part).equals(layout.stride()), index + " asks for the sequence");
    Affine result = Affine.constant(packed ? batch.sum(index.base()) : index.base());
    for (Map.Entry<Term, Dim> entry : index.terms().entrySet()) {
      Term term = entry.getKey();
      boolean own = term.equals(new Term.Of(axis));
      Dim factor = packed && !own ? batch.sum(entry.getValue()) : entry.getValue();
      result = result.plus(Affine.of(inner(term)).times(factor));
    }
    Illegal.unless(!batch.hasLength(result.base()), "it knows the length");
    Illegal.unless(packed || !batch.hasBatch(result.base()), "it knows the number of sequences");
    for (Dim factor : result.terms().values()) {
      Illegal.unless(!batch.hasLength(factor), "it knows the length");
    }
    return result;
  }

  private Term inner(Term term) throws Illegal {
    return switch (term) {
      case Term.Of _ -> term;
      case Term.Start _, Term.Place _ ->
          throw new IllegalStateException(term + " before batches are ragged");
      case Term.Quotient q -> {
        Illegal.unless(!batch.hasLength(q.divisor()), "it divides by the length");
        yield new Term.Quotient(of(null, q.dividend()), q.divisor());
      }
      case Term.Remainder r -> {
        Illegal.unless(!batch.hasLength(r.divisor()), "it divides by the length");
        yield new Term.Remainder(of(null, r.dividend()), r.divisor());
      }
      case Term.Clamp c -> {
        Illegal.unless(!batch.hasLength(c.bound()), "it ends with the sequence");
        yield new Term.Clamp(of(null, c.value()), c.bound());
      }
      case Term.Lookup l -> {
        Illegal.unless(!batch.hasLength(l.bound()), "it ends with the sequence");
        yield new Term.Lookup(l.buffer(), of(l.buffer(), l.offset()), l.bound(), l.site());
      }
    };
  }
}
