package dev.tilewright.codegen.fuse;

import dev.tilewright.Dim;
import dev.tilewright.codegen.UnsupportedProgramException;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Affine.Term;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.codegen.index.Space;
import dev.tilewright.schema.RaggedAxes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
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
  private final RegionFunction function;
  private final Map<String, PackedLayout> layouts;

  RaggedRegions(RaggedAxes ragged, RegionFunction function, Map<String, PackedLayout> layouts) {
    this.ragged = ragged;
    this.function = function;
    this.layouts = layouts;
  }

  /**
   * @throws UnsupportedProgramException if sequences mix in the region, or it needs a length where
   *     none is at hand
   */
  Region pack(Region region) {
    try {
      for (Axis axis : RegionParts.dependent(region)) {
        demand(!hasBatch(axis.extent()), "it sums over " + axis.extent() + ", so sequences mix");
      }
      List<Axis> batched = region.axes().stream().filter(axis -> hasBatch(axis.extent())).toList();
      if (batched.isEmpty()) {
        return map(region, region.axes(), UnaryOperator.identity(), new Shared(region));
      }
      Axis axis = batched.getFirst();
      RaggedAxes.Linear extent = RaggedAxes.linear(axis.extent(), ragged.batch());
      demand(
          batched.size() == 1 && extent != null && extent.rest().equals(Dim.ZERO),
          "it pairs sequences, or does not take all of them alike");
      demand(
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

  /** How index expressions change. */
  private interface Indices {
    /**
     * @param buffer what is read or written there; null for a position
     */
    Affine of(String buffer, Affine index) throws Illegal;
  }

  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Illegal why;

    Refused(Illegal why) {
      this.why = why;
    }
  }

  private static Region map(
      Region region, List<Axis> axes, UnaryOperator<Axis> extents, Indices indices) throws Illegal {
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

  private static Affine unchecked(Indices indices, String buffer, Affine index) {
    try {
      return indices.of(buffer, index);
    } catch (Illegal e) {
      throw new Refused(e);
    }
  }

  /** One axis of all elements: legal if nothing asks which sequence one belongs to. */
  private Region together(Region region, Axis axis, Dim part) throws Illegal {
    Dim all = ragged.sum(part);
    demand(all != null, part + " is not linear in " + ragged.length());
    for (Axis other : RegionParts.axes(region)) {
      demand(other.equals(axis) || !hasLength(other.extent()), other + " has a sequence's length");
    }
    List<Axis> axes =
        region.axes().stream()
            .map(other -> other.equals(axis) ? new Axis(axis.name(), all) : other)
            .toList();
    return map(region, axes, UnaryOperator.identity(), new Together(axis.name(), part));
  }

  private final class Together implements Indices {
    private final String axis;
    private final Dim part;

    Together(String axis, Dim part) {
      this.axis = axis;
      this.part = part;
    }

    @Override
    public Affine of(String buffer, Affine index) throws Illegal {
      PackedLayout layout = layout(buffer);
      boolean packed = layout.kind() == PackedLayout.Kind.PACKED;
      Dim step = index.coefficient(axis);
      demand(step.times(part).equals(layout.stride()), index + " asks for the sequence");
      Affine result = Affine.constant(packed ? sum(index.base()) : index.base());
      for (Map.Entry<Term, Dim> entry : index.terms().entrySet()) {
        Term term = entry.getKey();
        boolean own = term.equals(new Term.Of(axis));
        Dim factor = packed && !own ? sum(entry.getValue()) : entry.getValue();
        result = result.plus(Affine.of(inner(term)).times(factor));
      }
      demand(!hasLength(result.base()), "it knows the length");
      demand(packed || !hasBatch(result.base()), "it knows the number of sequences");
      for (Dim factor : result.terms().values()) {
        demand(!hasLength(factor), "it knows the length");
      }
      return result;
    }

    private Term inner(Term term) throws Illegal {
      return switch (term) {
        case Term.Of _ -> term;
        case Term.Start _ -> throw new IllegalStateException(term + " before batches are ragged");
        case Term.Quotient q -> {
          demand(!hasLength(q.divisor()), "it divides by the length");
          yield new Term.Quotient(of(null, q.dividend()), q.divisor());
        }
        case Term.Remainder r -> {
          demand(!hasLength(r.divisor()), "it divides by the length");
          yield new Term.Remainder(of(null, r.dividend()), r.divisor());
        }
        case Term.Clamp c -> {
          demand(!hasLength(c.bound()), "it ends with the sequence");
          yield new Term.Clamp(of(null, c.value()), c.bound());
        }
        case Term.Lookup l -> {
          demand(!hasLength(l.bound()), "it ends with the sequence");
          yield new Term.Lookup(l.buffer(), of(l.buffer(), l.offset()), l.bound(), l.site());
        }
      };
    }
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
    boolean[] needed = {false};
    Indices indices = new Apart(name, axis.name(), value, new Space(dense, names(dense)), needed);
    List<Axis> axes = new ArrayList<>();
    for (Axis other : dense.subList(0, region.axes().size() + (whole ? 0 : 1))) {
      axes.add(other.name().equals(name) ? other : own(other, needed));
    }
    Region mapped = map(region, axes, other -> own(other, needed), indices);
    if (!needed[0]) {
      return mapped;
    }
    axes.replaceAll(
        other -> other.name().equals(name) ? new Axis(name, other.extent(), true) : other);
    return RegionParts.map(
        mapped, axes, UnaryOperator.identity(), element -> element, (_, index) -> index);
  }

  private Axis own(Axis axis, boolean[] needed) {
    return new Axis(axis.name(), own(axis.extent(), needed));
  }

  private Dim own(Dim extent, boolean[] needed) {
    needed[0] |= hasLength(extent);
    return extent.substitute(Map.of(ragged.length(), ragged.own()));
  }

  private final class Apart implements Indices {
    private final String batch;
    private final String split;
    private final Affine value;
    private final Space space;
    private final boolean[] needed;

    Apart(String batch, String split, Affine value, Space space, boolean[] needed) {
      this.batch = batch;
      this.split = split;
      this.value = value;
      this.space = space;
      this.needed = needed;
    }

    @Override
    public Affine of(String buffer, Affine index) throws Illegal {
      Affine at = divided(index.substitute(axis -> axis.equals(split) ? value : one(axis)));
      PackedLayout layout = layout(buffer);
      demand(
          at.coefficient(batch).equals(layout.stride()),
          buffer == null
              ? "the position " + index + " depends on the sequence's number"
              : "an element of '"
                  + buffer
                  + "' belongs to another sequence than what it is used for");
      if (layout.kind() == PackedLayout.Kind.SHARED) {
        checkShared(buffer, at, axis -> space.axis(axis).extent());
      }
      Affine result = Affine.constant(factor(layout, at.base()));
      for (Map.Entry<Term, Dim> entry : at.terms().entrySet()) {
        Affine term;
        if (entry.getKey().equals(new Term.Of(batch))) {
          RaggedAxes.Linear stride = RaggedAxes.linear(entry.getValue(), ragged.length());
          needed[0] |= !stride.factor().equals(Dim.ZERO);
          term =
              Affine.of(new Term.Start(batch))
                  .times(stride.factor())
                  .plus(Affine.of(entry.getKey()).times(stride.rest()));
        } else {
          term = Affine.of(inner(entry.getKey())).times(factor(layout, entry.getValue()));
        }
        result = result.plus(term);
      }
      return result;
    }

    private Dim factor(PackedLayout layout, Dim dense) throws Illegal {
      if (layout.kind() == PackedLayout.Kind.SHARED) {
        return dense;
      }
      Dim packed = layout.kind() == PackedLayout.Kind.PACKED ? sum(dense) : dense;
      demand(!hasBatch(packed), "the number of sequences is used");
      return own(packed, needed);
    }

    private Term inner(Term term) throws Illegal {
      return switch (term) {
        case Term.Of _ -> term;
        case Term.Start _ -> throw new IllegalStateException(term + " before batches are ragged");
        case Term.Quotient q -> new Term.Quotient(of(null, q.dividend()), ownBound(q.divisor()));
        case Term.Remainder r -> new Term.Remainder(of(null, r.dividend()), ownBound(r.divisor()));
        case Term.Clamp c -> new Term.Clamp(of(null, c.value()), ownBound(c.bound()));
        case Term.Lookup l -> {
          demand(!hasBatch(l.bound()), "sequences are chosen by number");
          yield new Term.Lookup(
              l.buffer(), of(l.buffer(), l.offset()), own(l.bound(), needed), l.site());
        }
      };
    }

    private Dim ownBound(Dim dense) throws Illegal {
      demand(!hasBatch(dense), "the number of sequences is used");
      return own(dense, needed);
    }

    /** With quotients and remainders that come out even now that the sequence is an axis. */
    private Affine divided(Affine index) {
      Affine sum = Affine.constant(index.base());
      for (Map.Entry<Term, Dim> entry : index.terms().entrySet()) {
        Affine term =
            switch (entry.getKey()) {
              case Term.Quotient q -> space.divide(divided(q.dividend()), q.divisor()).quotient();
              case Term.Remainder r -> space.divide(divided(r.dividend()), r.divisor()).remainder();
              case Term.Of _, Term.Start _, Term.Clamp _, Term.Lookup _ ->
                  Affine.of(entry.getKey());
            };
        sum = sum.plus(term.times(entry.getValue()));
      }
      return sum;
    }
  }

  /**
   * What does not depend on the batch is computed once, for the longest sequence. Shorter ones use
   * the beginning of it, so it must not depend on the length.
   */
  private final class Shared implements Indices {
    private final Map<String, Dim> extents = new HashMap<>();
    private final Map<String, Set<List<Dim>>> walks = new HashMap<>();

    Shared(Region region) throws Illegal {
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
        demand(
            !hasLength(axis.extent()),
            "what does not depend on "
                + ragged.batch()
                + " is summed over "
                + axis.extent()
                + ", and there is no one length of all sequences");
      }
    }

    /** Notes how far a step along each axis goes, and in a tensor of what shape. */
    private void walk(String buffer, Affine index) {
      List<Dim> shape =
          layout(buffer).kind() == PackedLayout.Kind.SHARED
              ? function.buffer(buffer).type().shape()
              : List.of();
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
      PackedLayout layout = layout(buffer);
      demand(
          layout.kind() != PackedLayout.Kind.PACKED,
          "'" + buffer + "' is used without saying of which sequence");
      if (layout.kind() == PackedLayout.Kind.SHARED) {
        checkShared(buffer, index, this::extent);
      } else {
        demand(!knowsLength(index), lengthUnknown(index));
      }
      for (Term term : index.terms().keySet()) {
        Affine inner =
            switch (term) {
              case Term.Of _, Term.Start _ -> Affine.ZERO;
              case Term.Quotient q -> of(null, q.dividend()).plus(q.divisor());
              case Term.Remainder r -> of(null, r.dividend()).plus(r.divisor());
              case Term.Clamp c -> of(null, c.value()).plus(c.bound());
              case Term.Lookup l -> {
                of(l.buffer(), l.offset());
                yield Affine.constant(l.bound());
              }
            };
        demand(!knowsLength(inner), lengthUnknown(index));
      }
      return index;
    }

    private String lengthUnknown(Affine index) {
      return index
          + " is used for what does not depend on "
          + ragged.batch()
          + ", and there is no one length of all sequences";
    }
  }

  private boolean knowsLength(Affine index) {
    return hasLength(index.base())
        || hasBatch(index.base())
        || index.terms().values().stream().anyMatch(this::hasLength);
  }

  /**
   * A buffer that is there once has the longest sequence's strides, so every axis must walk along
   * one of its own, or along several of which only the outermost has the length: an index that was
   * flattened over the length would mean other elements for a shorter sequence.
   */
  private void checkShared(String buffer, Affine index, Function<String, Dim> extents)
      throws Illegal {
    List<Dim> shape = function.buffer(buffer).type().shape();
    boolean fine = !hasLength(index.base());
    for (Map.Entry<Term, Dim> entry : index.terms().entrySet()) {
      Dim extent =
          switch (entry.getKey()) {
            case Term.Of of -> extents.apply(of.axis());
            case Term.Remainder r -> r.divisor();
            case Term.Clamp c -> c.bound();
            case Term.Lookup l -> l.bound();
            case Term.Start _, Term.Quotient _ -> null;
          };
      fine &= extent != null && walksAlongOne(shape, entry.getValue(), extent);
    }
    demand(
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

  private PackedLayout layout(String buffer) {
    return buffer == null
        ? new PackedLayout(PackedLayout.Kind.FIXED, Dim.ZERO)
        : layouts.get(buffer);
  }

  /** A stride over whole batches: {@code c*B*S} becomes {@code c*total}. */
  private Dim sum(Dim dense) throws Illegal {
    RaggedAxes.Linear linear = RaggedAxes.linear(dense, ragged.batch());
    Dim all = linear == null ? null : ragged.sum(linear.factor());
    demand(all != null, dense + " is not the size of a batch");
    return all.plus(linear.rest());
  }

  private boolean hasBatch(Dim dim) {
    return dim.symbols().contains(ragged.batch());
  }

  private boolean hasLength(Dim dim) {
    return dim.symbols().contains(ragged.length());
  }

  private static Affine one(String axis) {
    return Affine.of(new Term.Of(axis));
  }

  private static Set<String> names(List<Axis> axes) {
    return Set.copyOf(axes.stream().map(Axis::name).toList());
  }

  private static void demand(boolean holds, String why) throws Illegal {
    if (!holds) {
      throw new Illegal(why);
    }
  }
}
