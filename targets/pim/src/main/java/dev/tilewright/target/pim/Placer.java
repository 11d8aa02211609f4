package dev.tilewright.target.pim;

import dev.tilewright.DType;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.fuse.RegionFunction.Source;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.target.pim.Place.Unit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides what each region of a function runs on, by its formulas alone: products with a matrix of
 * weights and attention over a session's states run in memory, what adding and multiplying computes
 * on the controller, everything else on the host.
 */
final class Placer {
  private final RegionFunction function;
  private final Trace trace;
  private final Set<String> hostStates;

  private Placer(RegionFunction function, Trace trace) {
    this.function = function;
    this.trace = trace;
    hostStates = hostStates(function);
  }

  /** The place of each region, by its name. */
  static Map<String, Place> place(RegionFunction function, Trace trace) {
    Placer placer = new Placer(function, trace);
    Map<String, Place> places = new LinkedHashMap<>();
    for (RegionFunction.Step step : function.steps()) {
      if (step instanceof RegionFunction.Step.Run(Region region)) {
        places.put(region.name(), placer.place(region));
      }
    }
    return places;
  }

  private Place place(Region region) {
    boolean inMemory =
        switch (region) {
          case Region.Contraction product -> MatrixUse.of(product, function).isPresent();
          case Region.Streamed stream ->
              CacheUse.of(stream, function)
                  .filter(cache -> !hostStates.contains(cache.keys()))
                  .filter(cache -> !hostStates.contains(cache.values()))
                  .isPresent();
          case Region.Pointwise _, Region.RowReduction _ -> false;
        };
    boolean product = region instanceof Region.Contraction || region instanceof Region.Streamed;
    boolean simple = (inMemory || !product) && formulas(region).stream().allMatch(Placer::isSimple);
    Place place = new Place(inMemory, simple ? Unit.CONTROLLER : Unit.HOST);
    trace.explain(
        new Trace.Decision(
            function.name(), "place", inMemory || !product, why(region, place), region.origin()));
    return place;
  }

  private static String why(Region region, Place place) {
    String rest =
        place.unit() == Unit.CONTROLLER
            ? "additions and multiplications on the controller"
            : "functions that the controller lacks on the host";
    if (place.inMemory()) {
      return region.name() + ": products in memory, with " + rest;
    }
    return region instanceof Region.Contraction || region instanceof Region.Streamed
        ? region.name() + ": on the host, as neither side is a matrix of weights or a cache"
        : region.name() + ": " + rest;
  }

  /** States that something else than attention in memory reads, and so the host keeps. */
  private static Set<String> hostStates(RegionFunction function) {
    Set<String> states = new HashSet<>();
    for (RegionFunction.Step step : function.steps()) {
      if (step instanceof RegionFunction.Step.Run(Region region)) {
        Set<String> read = buffers(formulas(region));
        if (region instanceof Region.Streamed stream) {
          read.add(stream.query().buffer());
          if (CacheUse.of(stream, function).isEmpty()) {
            read.addAll(List.of(stream.key().buffer(), stream.value().buffer()));
          }
        }
        if (region instanceof Region.Contraction product) {
          read.addAll(List.of(product.left().buffer(), product.right().buffer()));
        }
        read.stream()
            .filter(name -> function.buffer(name).source() instanceof Source.State)
            .forEach(states::add);
      }
    }
    return states;
  }

  /** The buffers that something else than products in memory reads. */
  static Set<String> readOutside(RegionFunction function, Map<String, Place> places) {
    Set<String> read = new HashSet<>();
    for (RegionFunction.Step step : function.steps()) {
      if (step instanceof RegionFunction.Step.Run(Region region)) {
        read.addAll(buffers(formulas(region)));
        switch (region) {
          case Region.Pointwise _, Region.RowReduction _ -> {}
          case Region.Contraction product -> {
            if (!places.get(region.name()).inMemory()) {
              read.addAll(buffers(List.of(product.left(), product.right())));
            }
          }
          case Region.Streamed stream -> {
            read.addAll(buffers(List.of(stream.query())));
            if (!places.get(region.name()).inMemory()) {
              read.addAll(buffers(List.of(stream.key(), stream.value())));
            }
          }
        }
      }
    }
    return read;
  }

  private static Set<String> buffers(List<? extends Element> elements) {
    Set<String> read = new HashSet<>();
    Elements.visit(
        elements,
        element -> {
          if (element instanceof Element.Read from) {
            read.add(from.buffer());
          }
        });
    Elements.offsets(elements).forEach(offset -> addLookups(offset, read));
    return read;
  }

  private static void addLookups(Affine offset, Set<String> buffers) {
    for (Affine.Term term : offset.terms().keySet()) {
      switch (term) {
        case Affine.Term.Of _, Affine.Term.Start _, Affine.Term.Place _ -> {}
        case Affine.Term.Quotient quotient -> addLookups(quotient.dividend(), buffers);
        case Affine.Term.Remainder remainder -> addLookups(remainder.dividend(), buffers);
        case Affine.Term.Clamp clamp -> addLookups(clamp.value(), buffers);
        case Affine.Term.Lookup lookup -> {
          buffers.add(lookup.buffer());
          addLookups(lookup.offset(), buffers);
        }
      }
    }
  }

  /** What is not a product: the elementwise work, folds and epilogues. */
  static List<Element> formulas(Region region) {
    List<Element> all = new ArrayList<>();
    switch (region) {
      case Region.Pointwise _ -> {}
      case Region.RowReduction row ->
          row.reductions().forEach(reduction -> all.add(reduction.element()));
      case Region.Contraction product -> product.total().ifPresent(total -> all.add(total.term()));
      case Region.Streamed stream -> {
        stream.maximum().ifPresent(maximum -> all.add(maximum.element()));
        stream.sums().forEach(sum -> all.add(sum.element()));
        all.add(stream.weight());
      }
    }
    region.outputs().forEach(output -> all.add(output.element()));
    return all;
  }

  private static boolean isSimple(Element root) {
    return !Elements.contains(
        root,
        element ->
            switch (element) {
              case Element.Unary unary -> unary.dtype() == DType.FLOAT32 && !isSimple(unary);
              case Element.Binary binary ->
                  switch (binary.kind()) {
                    case ADD, SUB, MUL, DIV, MIN, MAX, AND, OR -> false;
                    case POW -> true;
                  };
              case Element.Constant _, Element.Read _, Element.Local _, Element.Position _ -> false;
              case Element.Compare _, Element.Select _, Element.Cast _ -> false;
            });
  }

  private static boolean isSimple(Element.Unary unary) {
    return switch (unary.kind()) {
      case NEG, ABS, EXP, COARSE_EXP, SQRT, RSQRT, TANH, FLOOR, ROUND, NOT -> true;
      case LOG, SIN, COS, ERF, COARSE_ERF -> false;
    };
  }
}
