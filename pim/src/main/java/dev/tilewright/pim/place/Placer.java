package dev.tilewright.pim.place;

import dev.tilewright.pim.place.Placement.Choice;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Chooses places for a chain of work, each piece of which waits for the one before: the shortest
 * way through a graph with a node for each piece and place.
 *
 * @param handover seconds that a change between host and memory takes
 */
public record Placer(double handover) {
  public Placer {
    if (!(handover >= 0)) {
      throw new IllegalArgumentException(
          "a change of sides takes %s s: it is at least 0".formatted(handover));
    }
  }

  /** The placement that takes the least time. */
  public Placement cheapest(List<Candidate> chain) {
    return cheapest(chain, EnumSet.allOf(Place.class));
  }

  /**
   * The placement that takes the least time with the given places alone.
   *
   * @throws IllegalArgumentException if one of them can do nothing of a piece of work
   */
  public Placement cheapest(List<Candidate> chain, Set<Place> places) {
    Map<Place, Way> ways = new EnumMap<>(Place.class);
    for (Candidate work : chain) {
      Map<Place, Way> longer = new EnumMap<>(Place.class);
      for (Place place : places) {
        if (work.seconds().containsKey(place)) {
          longer.put(place, cheapest(ways, new Choice(work, place)));
        }
      }
      if (longer.isEmpty()) {
        throw new IllegalArgumentException(
            "'%s' can be done by %s, but not by %s"
                .formatted(work.name(), work.seconds().keySet(), places));
      }
      ways = longer;
    }
    return ways.values().stream()
        .min(Comparator.comparingDouble(Way::seconds))
        .map(Way::placement)
        .orElse(new Placement(List.of(), 0, 0));
  }

  /** The cheapest of the ways, with a piece of work behind it. */
  private Way cheapest(Map<Place, Way> ways, Choice next) {
    return ways.values().stream()
        .map(way -> way.then(next, handover))
        .min(Comparator.comparingDouble(Way::seconds))
        .orElse(new Way(null, next, 0, next.seconds()));
  }

  /** A way to a choice, which ends it. */
  private record Way(Way before, Choice choice, int handovers, double seconds) {
    Way then(Choice next, double handover) {
      boolean crosses = choice.place().crosses(next.place());
      return new Way(
          this,
          next,
          handovers + (crosses ? 1 : 0),
          seconds + (crosses ? handover : 0) + next.seconds());
    }

    Placement placement() {
      Deque<Choice> choices = new ArrayDeque<>();
      for (Way way = this; way != null; way = way.before) {
        choices.addFirst(way.choice);
      }
      return new Placement(List.copyOf(choices), handovers, seconds);
    }
  }
}
