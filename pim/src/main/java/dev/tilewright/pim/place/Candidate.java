package dev.tilewright.pim.place;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * A piece of work and how long it takes wherever it can be done.
 *
 * @param name for tables
 * @param seconds by place; a place that cannot do it is missing
 */
public record Candidate(String name, Map<Place, Double> seconds) {
  public Candidate {
    if (seconds.isEmpty()) {
      throw new IllegalArgumentException("'%s' can be done nowhere".formatted(name));
    }
    seconds.forEach(
        (place, time) -> {
          if (!(time >= 0)) {
            throw new IllegalArgumentException(
                "'%s' takes %s s on %s: a time is at least 0".formatted(name, time, place));
          }
        });
    seconds = Collections.unmodifiableMap(new EnumMap<>(seconds));
  }

  /** Work that two places can do. */
  public static Candidate of(
      String name, Place first, double firstSeconds, Place second, double secondSeconds) {
    return new Candidate(name, Map.of(first, firstSeconds, second, secondSeconds));
  }

  /** Work that has only one place, for example because it was placed by hand. */
  public static Candidate only(String name, Place place, double seconds) {
    return new Candidate(name, Map.of(place, seconds));
  }
}
