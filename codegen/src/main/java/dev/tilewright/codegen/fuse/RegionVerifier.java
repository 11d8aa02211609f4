package dev.tilewright.codegen.fuse;

import dev.tilewright.codegen.fuse.RegionFunction.Source;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Checks what the lowering relies on: names are unique, buffers are written once and before they
 * are read, formulas use only axes and reductions of their region, and operands of products are
 * affine reads.
 */
public final class RegionVerifier {
  private final RegionFunction function;
  private final Set<String> buffers = new HashSet<>();
  private final Set<String> written = new HashSet<>();
  private final Set<String> filled = new HashSet<>();
  private final Set<String> states = new HashSet<>();

  private RegionVerifier(RegionFunction function) {
    this.function = function;
  }

  /**
   * @throws IllegalStateException if something does not hold; names the function and the region
   */
  public static void verify(RegionFunction function) {
    new RegionVerifier(function).verify();
  }

  private void verify() {
    for (RegionFunction.Buffer buffer : function.buffers()) {
      demand(buffers.add(buffer.name()), buffer.name(), "two buffers have this name");
      switch (buffer.source()) {
        case Source.Input _, Source.Weight _ -> filled.add(buffer.name());
        case Source.State _ -> {
          filled.add(buffer.name());
          states.add(buffer.name());
        }
        case Source.Result _, Source.Temporary _ -> {}
      }
    }
    Set<String> regions = new HashSet<>();
    for (RegionFunction.Step step : function.steps()) {
      switch (step) {
        case RegionFunction.Step.Run(Region region) -> {
          demand(regions.add(region.name()), region.name(), "two regions have this name");
          verify(region);
        }
        case RegionFunction.Step.Call call -> {
          call.arguments().forEach(name -> read(name, call.function()));
          call.results().forEach(name -> write(name, call.function()));
          filled.addAll(written);
        }
      }
    }
    function.results().forEach(name -> demand(written.contains(name), name, "no step writes it"));
  }

  private void verify(Region region) {
    Set<String> axes = new HashSet<>();
    List<Axis> all = new ArrayList<>(region.axes());
    Set<String> locals = new HashSet<>();
    switch (region) {
      case Region.Pointwise _ -> {}
      case Region.RowReduction row -> {
        all.add(row.row());
        for (Region.Reduction reduction : row.reductions()) {
          locals(reduction.element(), locals, region);
          locals.add(reduction.name());
        }
      }
      case Region.Contraction product -> {
        all.addAll(product.depth());
        demand(!product.over().isEmpty(), region.name(), "it sums over no axis");
        affine(product.left(), region);
        affine(product.right(), region);
        locals.add(product.result());
        product
            .total()
            .ifPresent(
                total -> {
                  locals(total.term(), locals, region);
                  locals.remove(product.result());
                  locals.add(total.name());
                });
      }
      case Region.Streamed stream -> {
        all.addAll(List.of(stream.keys(), stream.depth(), stream.width()));
        for (Element.Read read : List.of(stream.query(), stream.key(), stream.value())) {
          affine(read, region);
        }
        String queries = stream.axes().getLast().name();
        for (Element.Read read : List.of(stream.key(), stream.value())) {
          demand(
              !read.offset().axes().contains(queries),
              region.name(),
              "key or value depends on the query");
        }
        stream.maximum().ifPresent(maximum -> locals.add(maximum.name()));
        stream.sums().forEach(sum -> locals.add(sum.name()));
        locals.add(stream.score());
        locals(stream.weight(), locals, region);
        locals.add(stream.result());
        locals.remove(stream.score());
      }
    }
    long ragged = region.axes().stream().filter(Axis::ragged).count();
    demand(ragged <= 1, region.name(), "two axes are ragged");
    demand(
        all.stream().filter(Axis::ragged).count() == ragged, region.name(), "it folds sequences");
    for (Axis axis : all) {
      demand(
          ragged == 1
              || function.ragged().isEmpty()
              || !axis.extent().symbols().containsAll(function.ragged().get().own().symbols()),
          region.name(),
          axis + " is as long as a sequence, but none is at hand");
    }
    all.forEach(
        axis -> demand(axes.add(axis.name()), region.name(), "two axes are called " + axis.name()));
    for (Affine index : RegionParts.indices(region)) {
      demand(axes.containsAll(index.axes()), region.name(), index + " uses an axis of no loop");
    }
    for (Element element : RegionParts.elements(region)) {
      Elements.visit(
          List.of(element),
          part -> {
            if (part instanceof Element.Read read) {
              read(read.buffer(), region.name());
              lookups(read.offset(), region);
            } else if (part instanceof Element.Position position) {
              lookups(position.value(), region);
            }
          });
    }
    for (Region.Output output : region.outputs()) {
      write(output.buffer(), region.name());
      locals(output.element(), locals, region);
      demand(output.offset().isAffine(), region.name(), output.offset() + " is not affine");
      boolean row =
          region instanceof Region.RowReduction reduction
              && output.offset().axes().contains(reduction.row().name());
      demand(
          row == output.overRow() || !row,
          region.name(),
          output.buffer() + " is stored along the row without saying so");
    }
    filled.addAll(written);
  }

  private void locals(Element element, Set<String> known, Region region) {
    Elements.visit(
        List.of(element),
        part -> {
          if (part instanceof Element.Local local) {
            demand(known.contains(local.name()), region.name(), local.name() + " is not known yet");
          }
        });
  }

  private void lookups(Affine index, Region region) {
    for (Affine.Term term : index.terms().keySet()) {
      switch (term) {
        case Affine.Term.Of _ -> {}
        case Affine.Term.Start start -> ragged(start.axis(), region, start);
        case Affine.Term.Place place -> ragged(place.axis(), region, place);
        case Affine.Term.Quotient quotient -> lookups(quotient.dividend(), region);
        case Affine.Term.Remainder remainder -> lookups(remainder.dividend(), region);
        case Affine.Term.Clamp clamp -> lookups(clamp.value(), region);
        case Affine.Term.Lookup lookup -> {
          read(lookup.buffer(), region.name());
          demand(lookup.site() < function.sites().size(), region.name(), "it names no site");
        }
      }
    }
  }

  private void ragged(String axis, Region region, Affine.Term term) {
    demand(
        region.axes().stream().anyMatch(other -> other.ragged() && other.name().equals(axis)),
        region.name(),
        term + ", but the axis is not ragged");
  }

  private void affine(Element.Read read, Region region) {
    demand(read.offset().isAffine(), region.name(), read.offset() + " is not affine");
  }

  private void read(String buffer, String where) {
    demand(filled.contains(buffer), where, "it reads " + buffer + " before it is written");
  }

  private void write(String buffer, String where) {
    demand(
        buffers.contains(buffer) && (states.contains(buffer) || !filled.contains(buffer)),
        where,
        "it may not write " + buffer);
    demand(written.add(buffer), where, "it writes " + buffer + " twice");
  }

  private void demand(boolean holds, String where, String fault) {
    if (!holds) {
      throw new IllegalStateException("in " + function.name() + ", " + where + ": " + fault);
    }
  }
}
