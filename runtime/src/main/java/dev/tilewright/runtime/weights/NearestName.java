package dev.tilewright.runtime.weights;

import java.util.Collection;
import java.util.Optional;

/** The name a user most likely meant. */
public final class NearestName {
  private final Collection<String> names;

  /** Chooses among {@code names}; the first of several equally near ones wins. */
  public NearestName(Collection<String> names) {
    this.names = names;
  }

  /**
   * The nearest name: one that differs from {@code wanted} only by leading or trailing parts if
   * there is one, else the one at the least edit distance; empty only if there are no names.
   */
  public Optional<String> to(String wanted) {
    String nearest = null;
    int least = Integer.MAX_VALUE;
    for (var name : names) {
      int distance =
          contains(name, wanted) || contains(wanted, name) ? 0 : distance(name, wanted, least);
      if (distance < least) {
        least = distance;
        nearest = name;
      }
    }
    return Optional.ofNullable(nearest);
  }

  private static boolean contains(String longer, String part) {
    return longer.endsWith("." + part) || longer.startsWith(part + ".");
  }

  /**
   * The Levenshtein distance, or any number not below {@code limit} once it is known to reach it.
   */
  private static int distance(String a, String b, int limit) {
    if (Math.abs(a.length() - b.length()) >= limit) {
      return limit;
    }
    var row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      int least = i;
      for (int j = 1; j < row.length; j++) {
        int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitution, 1 + Math.min(row[j], row[j - 1]));
        least = Math.min(least, row[j]);
      }
      if (least >= limit) {
        return limit;
      }
    }
    return row[b.length()];
  }
}
