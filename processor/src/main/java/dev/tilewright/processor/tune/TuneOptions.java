package dev.tilewright.processor.tune;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How to tune.
 *
 * @param file what was measured is written there, and what it holds of other products stays
 * @param sizes values of the symbolic extents to measure with; empty for some that suit the model
 * @param seconds about how long a library is measured
 */
public record TuneOptions(Path file, List<Map<String, Long>> sizes, int seconds) {
  public TuneOptions {
    sizes = List.copyOf(sizes);
  }

  /**
   * Reads {@code B=1,S=128; B=8,S=64}.
   *
   * @throws IllegalArgumentException if it is of another form; says why
   */
  public static List<Map<String, Long>> parseSizes(String text) {
    List<Map<String, Long>> all = new ArrayList<>();
    for (String combination : parts(text, ";")) {
      Map<String, Long> sizes = new TreeMap<>();
      for (String size : parts(combination, ",")) {
        List<String> sides = Arrays.stream(size.split("=", -1)).map(String::strip).toList();
        if (sides.size() != 2 || !sides.get(1).matches("[1-9]\\d{0,8}")) {
          throw new IllegalArgumentException("'" + size + "' gives no extent a number");
        }
        if (sizes.put(sides.get(0), Long.parseLong(sides.get(1))) != null) {
          throw new IllegalArgumentException("'" + combination + "' names an extent twice");
        }
      }
      all.add(sizes);
    }
    if (all.isEmpty()) {
      throw new IllegalArgumentException("it names no sizes");
    }
    return all;
  }

  /** The sizes asked for do not suit the model. */
  public static final class SizesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SizesException(String message) {
      super(message);
    }
  }

  private static List<String> parts(String text, String separator) {
    return Arrays.stream(text.split(separator, -1))
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .toList();
  }
}
