package dev.tilewright.codegen.lower;

import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction.Step;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Which buffers a step touches. */
final class StepBuffers {
  private StepBuffers() {}

  static Set<String> of(Step step) {
    Set<String> names = new LinkedHashSet<>();
    switch (step) {
      case Step.Call call -> {
        names.addAll(call.arguments());
        names.addAll(call.results());
      }
      case Step.Run run -> {
        Elements.visit(
            elements(run.region()),
            element -> {
              if (element instanceof Element.Read read) {
                names.add(read.buffer());
                lookups(read.offset(), names);
              } else if (element instanceof Element.Position position) {
                lookups(position.value(), names);
              }
            });
        run.region().outputs().forEach(output -> names.add(output.buffer()));
      }
    }
    return names;
  }

  /** What people call the step. */
  static String name(Step step) {
    return switch (step) {
      case Step.Run run -> run.region().name();
      case Step.Call call -> "call " + call.function();
    };
  }

  /** What a region computes with. */
  static List<Element> elements(Region region) {
    List<Element> elements = new ArrayList<>();
    region.outputs().forEach(output -> elements.add(output.element()));
    switch (region) {
      case Region.Pointwise _ -> {}
      case Region.RowReduction row ->
          row.reductions().forEach(reduction -> elements.add(reduction.element()));
      case Region.Contraction contraction -> {
        elements.add(contraction.left());
        elements.add(contraction.right());
        contraction.total().ifPresent(total -> elements.add(total.term()));
      }
      case Region.Streamed streamed -> {
        elements.addAll(
            List.of(streamed.query(), streamed.key(), streamed.weight(), streamed.value()));
        streamed.maximum().ifPresent(reduction -> elements.add(reduction.element()));
        streamed.sums().forEach(reduction -> elements.add(reduction.element()));
      }
    }
    return elements;
  }

  private static void lookups(Affine offset, Set<String> names) {
    for (Affine.Term term : offset.terms().keySet()) {
      switch (term) {
        case Affine.Term.Of _, Affine.Term.Start _, Affine.Term.Place _ -> {}
        case Affine.Term.Quotient quotient -> lookups(quotient.dividend(), names);
        case Affine.Term.Remainder remainder -> lookups(remainder.dividend(), names);
        case Affine.Term.Clamp clamp -> lookups(clamp.value(), names);
        case Affine.Term.Lookup lookup -> {
          names.add(lookup.buffer());
          lookups(lookup.offset(), names);
        }
      }
    }
  }
}
