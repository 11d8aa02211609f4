package dev.tilewright.text.grammar;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A set of Unicode's scalar values, as sorted ranges that do not touch. */
record Characters(List<Range> ranges) {
  static final Characters ALL = new Characters(List.of(new Range(0, Character.MAX_CODE_POINT)));

  /** From a first to a last code point, both within. */
  record Range(int first, int last) {}

  /** Sorts and merges ranges, and leaves out surrogates, which are no characters. */
  Characters {
    List<Range> merged = new ArrayList<>();
    for (Range range :
        ranges.stream()
            .flatMap(
                range ->
                    List.of(
                        new Range(range.first, Math.min(range.last, Character.MIN_SURROGATE - 1)),
                        new Range(Math.max(range.first, Character.MAX_SURROGATE + 1), range.last))
                        .stream())
            .filter(range -> range.first <= range.last)
            .sorted(Comparator.comparingInt(Range::first))
            .toList()) {
      Range last = merged.isEmpty() ? null : merged.getLast();
      if (last != null && range.first <= last.last + 1) {
        merged.set(merged.size() - 1, new Range(last.first, Math.max(last.last, range.last)));
      } else {
        merged.add(range);
      }
    }
    ranges = List.copyOf(merged);
  }

  static Characters of(int codePoint) {
    return new Characters(List.of(new Range(codePoint, codePoint)));
  }

  static Characters range(int first, int last) {
    return new Characters(List.of(new Range(first, last)));
  }

  Characters or(Characters other) {
    List<Range> all = new ArrayList<>(ranges);
    all.addAll(other.ranges);
    return new Characters(all);
  }

  /** All characters but these. */
  Characters complement() {
    List<Range> others = new ArrayList<>();
    int next = 0;
    for (Range range : ranges) {
      others.add(new Range(next, range.first - 1));
      next = range.last + 1;
    }
    others.add(new Range(next, Character.MAX_CODE_POINT));
    return new Characters(others.stream().filter(range -> range.first <= range.last).toList());
  }
}
