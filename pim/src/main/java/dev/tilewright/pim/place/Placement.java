package dev.tilewright.pim.place;

import java.util.List;

/**
 * Where a chain of work was placed.
 *
 * @param choices in order
 * @param handovers how often host and memory take turns
 * @param seconds all of it, one after the other
 */
public record Placement(List<Choice> choices, int handovers, double seconds) {
  public Placement {
    choices = List.copyOf(choices);
  }

  /** One piece of work at its place. */
  public record Choice(Candidate work, Place place) {
    public double seconds() {
      return work.seconds().get(place);
    }
  }

  /** Seconds at one place, without handovers. */
  public double seconds(Place place) {
    return choices.stream().filter(c -> c.place() == place).mapToDouble(Choice::seconds).sum();
  }

  /** The share of the chain's pieces that are at a place. */
  public double share(Place place) {
    return (double) choices.stream().filter(c -> c.place() == place).count() / choices.size();
  }
}
