package dev.tilewright.target.pim;

import dev.tilewright.DType;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.UnsupportedProgramException;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.fuse.RegionFunction.Demand;
import dev.tilewright.codegen.fuse.RegionFunction.Source;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.target.pim.Place.Unit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides what each region of a function runs on. What can compute it follows from its formulas:
 * products with a matrix of weights and attention over a session's states run in memory, what
 * adding and multiplying computes on the controller, everything on the host. Of these the places
 * are taken that make a decoded token take least, as {@link Costs} has it, unless {@link
 * dev.tilewright.On} demands others.
 */
final class Placer {
  private final RegionFunction function;
  private final Set<String> hostStates;

  private Placer(RegionFunction function) {
    this.function = function;
    hostStates = hostStates(function);
  }

  /**
   * The place of each region, by its name.
   *
   * @throws dev.tilewright.codegen.UnsupportedProgramException if a demand cannot be met
   */
  static Map<String, Choice> place(RegionFunction function, Costs costs, Trace trace) {
    Placer placer = new Placer(function);
    Map<String, List<Place>> possible = options(function);
    Map<String, List<Place>> options = new HashMap<>();
    for (Region region : regions(function)) {
      List<Demand> demands = function.demands().getOrDefault(region.name(), List.of());
      options.put(region.name(), Demanded.of(region, possible.get(region.name()), demands));
    }
    Shortest shortest = new Shortest(function, costs);
    Map<String, Place> places = shortest.places(options);
    while (placer.keepStatesTogether(places, options)) {
      places = shortest.places(options);
    }
    Map<String, Choice> choices = new LinkedHashMap<>();
    for (Region region : regions(function)) {
      Place place = places.get(region.name());
      Map<Place, Double> micros = new LinkedHashMap<>();
      micros.put(place, 1e6 * costs.seconds(region, function, place));
      for (Place other : possible.get(region.name())) {
        micros.computeIfAbsent(other, _ -> 1e6 * costs.seconds(region, function, other));
      }
      Choice choice = new Choice(place, micros);
      choices.put(region.name(), choice);
      explain(function, region, choice, trace);
    }
    return choices;
  }

  private static List<Region> regions(RegionFunction function) {
    List<Region> regions = new ArrayList<>();
    for (RegionFunction.Step step : function.steps()) {
      if (step instanceof RegionFunction.Step.Run(Region region)) {
        regions.add(region);
      }
    }
    return regions;
  }

  /** The places that can compute each region, by its name. */
  static Map<String, List<Place>> options(RegionFunction function) {
    Placer placer = new Placer(function);
    Map<String, List<Place>> options = new LinkedHashMap<>();
    regions(function).forEach(region -> options.put(region.name(), placer.options(region)));
    return options;
  }

  private List<Place> options(Region region) {
    boolean product = region instanceof Region.Contraction || region instanceof Region.Streamed;
    boolean simple = formulas(region).stream().allMatch(Placer::isSimple);
    List<Place> options = new ArrayList<>();
    if (simple && (isInMemory(region) || !product)) {
      options.add(new Place(isInMemory(region), Unit.CONTROLLER));
    }
    if (isInMemory(region)) {
      options.add(new Place(true, Unit.HOST));
    }
    options.add(new Place(false, Unit.HOST));
    return options;
  }

  /** Whether the memory can compute its products. */
  private boolean isInMemory(Region region) {
    return switch (region) {
      case Region.Contraction product -> MatrixUse.of(product, function).isPresent();
      case Region.Streamed stream ->
          CacheUse.of(stream, function)
              .filter(cache -> !hostStates.contains(cache.keys()))
              .filter(cache -> !hostStates.contains(cache.values()))
              .isPresent();
      case Region.Pointwise _, Region.RowReduction _ -> false;
    };
  }

  /** Leaves attention on the host whose states other attention on the host reads. */
  private boolean keepStatesTogether(Map<String, Place> places, Map<String, List<Place>> options) {
    Set<String> onHost = new HashSet<>();
    List<Region.Streamed> inMemory = new ArrayList<>();
    for (Region region : regions(function)) {
      if (region instanceof Region.Streamed stream) {
        if (places.get(region.name()).inMemory()) {
          inMemory.add(stream);
        } else {
          onHost.addAll(List.of(stream.key().buffer(), stream.value().buffer()));
        }
      }
    }
    boolean changed = false;
    for (Region.Streamed stream : inMemory) {
      if (onHost.contains(stream.key().buffer()) || onHost.contains(stream.value().buffer())) {
        List<Place> left =
            options.get(stream.name()).stream().filter(place -> !place.inMemory()).toList();
        if (left.isEmpty()) {
          throw new UnsupportedProgramException(
              "@On(MEMORY) is demanded here, but attention over the same state runs on the host;"
                  + " demand one of them for both",
              stream.origin());
        }
        options.put(stream.name(), left);
        changed = true;
      }
    }
    return changed;
  }

  private static void explain(RegionFunction function, Region region, Choice choice, Trace trace) {
    Place place = choice.place();
    String products = place.inMemory() ? "products in memory, with " : "";
    String rest =
        place.unit() == Unit.CONTROLLER
            ? "additions and multiplications on the controller"
            : "all that is left on the host";
    trace.explain(
        new Trace.Decision(
            function.name(),
            "place",
            place.inMemory() || place.unit() == Unit.CONTROLLER,
            "%s: %s%s; %s".formatted(region.name(), products, rest, choice.print()),
            region.origin()));
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
  static Set<String> readOutside(RegionFunction function, Map<String, Choice> places) {
    Set<String> read = new HashSet<>();
    for (RegionFunction.Step step : function.steps()) {
      if (step instanceof RegionFunction.Step.Run(Region region)) {
        read.addAll(buffers(formulas(region)));
        switch (region) {
          case Region.Pointwise _, Region.RowReduction _ -> {}
          case Region.Contraction product -> {
            if (!places.get(region.name()).place().inMemory()) {
              read.addAll(buffers(List.of(product.left(), product.right())));
            }
          }
          case Region.Streamed stream -> {
            read.addAll(buffers(List.of(stream.query())));
            if (!places.get(region.name()).place().inMemory()) {
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
