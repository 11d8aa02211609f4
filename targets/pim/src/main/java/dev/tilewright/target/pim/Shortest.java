package dev.tilewright.target.pim;

import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.target.pim.Place.Unit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The places that make a function's regions, one after another, take least, with every change
 * between host and memory: a shortest way, of which the sides between two regions are the nodes.
 * Attention stays out of the chain, as if memory were around it: one state has one place, in every
 * function that reads it.
 */
final class Shortest {
  /** Ends of a region: which side has what goes in, and what comes out. */
  private record Ends(boolean hostBefore, boolean hostBehind, int changes) {
    static Ends of(Region region, Place place) {
      if (!place.inMemory()) {
        boolean host = place.unit() == Unit.HOST;
        return new Ends(host, host, 0);
      }
      boolean host = place.unit() == Unit.HOST;
      // scores, weights of the keys on the host, sums, outputs on the host
      return new Ends(false, host, !host ? 0 : region instanceof Region.Streamed ? 3 : 1);
    }
  }

  private record Way(boolean onHost, double seconds, Map<String, Place> places) {}

  private final RegionFunction function;
  private final Costs costs;

  Shortest(RegionFunction function, Costs costs) {
    this.function = function;
    this.costs = costs;
  }

  /** A place of each region's options, by the regions' names. */
  Map<String, Place> places(Map<String, List<Place>> options) {
    List<Way> ways = List.of(new Way(false, 0, Map.of()), new Way(true, 0, Map.of()));
    for (RegionFunction.Step step : function.steps()) {
      switch (step) {
        case RegionFunction.Step.Run(Region region) -> {
          List<Place> own = options.get(region.name());
          ways =
              region instanceof Region.Streamed ? alone(region, own, ways) : run(region, own, ways);
        }
        // what is called begins and ends at the memory
        case RegionFunction.Step.Call _ -> ways = List.of(at(false, ways));
      }
    }
    return best(ways).places();
  }

  private List<Way> run(Region region, List<Place> options, List<Way> ways) {
    List<Way> longer = new ArrayList<>();
    for (boolean host : new boolean[] {false, true}) {
      options.stream()
          .filter(place -> Ends.of(region, place).hostBehind() == host)
          .map(place -> then(region, place, ways))
          .min(Comparator.comparingDouble(Way::seconds))
          .ifPresent(longer::add);
    }
    return longer;
  }

  private List<Way> alone(Region region, List<Place> options, List<Way> ways) {
    List<Way> atMemory = List.of(new Way(false, 0, Map.of()));
    Place place =
        options.stream()
            .min(
                Comparator.comparingDouble(
                    each -> at(false, List.of(then(region, each, atMemory))).seconds()))
            .orElseThrow();
    return List.of(then(region, place, ways));
  }

  private Way then(Region region, Place place, List<Way> ways) {
    Ends ends = Ends.of(region, place);
    Way before = at(ends.hostBefore(), ways);
    Map<String, Place> places = new LinkedHashMap<>(before.places());
    places.put(region.name(), place);
    return new Way(
        ends.hostBehind(),
        before.seconds()
            + ends.changes() * costs.handover()
            + costs.seconds(region, function, place),
        places);
  }

  /** The shortest way to a side. */
  private Way at(boolean onHost, List<Way> ways) {
    return ways.stream()
        .map(
            way ->
                way.onHost() == onHost
                    ? way
                    : new Way(onHost, way.seconds() + costs.handover(), way.places()))
        .min(Comparator.comparingDouble(Way::seconds))
        .orElseThrow();
  }

  private static Way best(List<Way> ways) {
    return ways.stream().min(Comparator.comparingDouble(Way::seconds)).orElseThrow();
  }
}
