package dev.tilewright.target.pim;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Where a region runs, and what that was expected to take.
 *
 * @param micros microseconds of the places that can compute it, the chosen first; empty if nobody
 *     asked
 */
record Choice(Place place, Map<Place, Double> micros) {
  private static final String UNIT = "us";

  Choice {
    micros = Collections.unmodifiableMap(new LinkedHashMap<>(micros));
  }

  /** {@code memory+controller 2.345us host 85.700us}. */
  String print() {
    StringBuilder text = new StringBuilder(micros.containsKey(place) ? "" : place.label());
    micros.forEach(
        (each, time) ->
            text.append(text.isEmpty() ? "" : " ")
                .append(String.format(Locale.ROOT, "%s %.3f%s", each.label(), time, UNIT)));
    return text.toString();
  }

  /**
   * Reads places, each with or without a time; the first is the choice.
   *
   * @throws IllegalArgumentException if a word is neither
   */
  static Choice parse(String[] words) {
    Place chosen = Place.of(words[0]);
    Map<Place, Double> micros = new LinkedHashMap<>();
    Place place = chosen;
    for (int i = 1; i < words.length; i++) {
      String word = words[i];
      if (word.endsWith(UNIT)) {
        micros.put(place, number(word));
      } else {
        place = Place.of(word);
      }
    }
    return new Choice(chosen, micros);
  }

  private static double number(String word) {
    try {
      return Double.parseDouble(word.substring(0, word.length() - UNIT.length()));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'%s' is no time".formatted(word), e);
    }
  }
}
