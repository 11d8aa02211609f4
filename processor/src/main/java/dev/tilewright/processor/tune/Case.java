package dev.tilewright.processor.tune;

import dev.tilewright.schema.ModelSchema.EntrySchema;
import dev.tilewright.schema.ModelSchema.Limit;
import dev.tilewright.schema.RaggedAxes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * An entry and the sizes that it is measured with.
 *
 * @param sizes by symbol
 */
public record Case(String entry, Map<String, Long> sizes) {
  /** What all symbols' values multiply to if nobody says: short sentences, and batches. */
  private static final double[] PRODUCTS = {16, 256};

  public Case {
    sizes = Map.copyOf(sizes);
  }

  /**
   * The cases of all entries.
   *
   * @param wanted sizes; those that lack a symbol of an entry are not for it
   * @throws TuneOptions.SizesException if an entry has no case, or a symbol is no entry's
   */
  static List<Case> of(List<EntrySchema> entries, List<Map<String, Long>> wanted) {
    for (Map<String, Long> sizes : wanted) {
      for (String symbol : sizes.keySet()) {
        if (entries.stream().noneMatch(entry -> symbols(entry).contains(symbol))) {
          throw new TuneOptions.SizesException(
              symbol
                  + " is an extent of no entry; there are "
                  + entries.stream()
                      .flatMap(entry -> symbols(entry).stream())
                      .distinct()
                      .collect(Collectors.joining(", ")));
        }
      }
    }
    List<Case> cases = new ArrayList<>();
    for (EntrySchema entry : entries) {
      if (entry.session().isPresent()) {
        continue;
      }
      List<Case> own = wanted.isEmpty() ? byDefault(entry) : among(entry, wanted);
      if (own.isEmpty()) {
        throw new TuneOptions.SizesException(
            "no sizes give %s values to all of its extents, %s%s"
                .formatted(
                    entry.name(),
                    String.join(", ", symbols(entry)),
                    entry.limits().stream()
                        .map(limit -> ", with " + limit.left() + " at most " + limit.right())
                        .collect(Collectors.joining())));
      }
      cases.addAll(own);
    }
    if (cases.isEmpty()) {
      throw new TuneOptions.SizesException(
          "every entry remembers what it was told, and only calls that stand alone are measured");
    }
    return cases;
  }

  private static List<Case> among(EntrySchema entry, List<Map<String, Long>> wanted) {
    List<String> symbols = symbols(entry);
    return wanted.stream()
        .filter(sizes -> sizes.keySet().containsAll(symbols))
        .map(sizes -> new Case(entry.name(), only(symbols, sizes)))
        .filter(each -> each.fits(entry))
        .distinct()
        .toList();
  }

  private static Map<String, Long> only(List<String> symbols, Map<String, Long> sizes) {
    Map<String, Long> own = new TreeMap<>(sizes);
    own.keySet().retainAll(symbols);
    return own;
  }

  private static List<Case> byDefault(EntrySchema entry) {
    List<String> symbols = symbols(entry);
    List<Map<String, Long>> wanted = new ArrayList<>();
    for (double product : PRODUCTS) {
      long each = Math.round(Math.pow(product, 1.0 / Math.max(1, symbols.size())));
      wanted.add(symbols.stream().collect(Collectors.toMap(symbol -> symbol, _ -> each)));
    }
    return among(entry, wanted);
  }

  private boolean fits(EntrySchema entry) {
    for (Limit limit : entry.limits()) {
      if (limit.left().evaluate(this::size) > limit.right().evaluate(this::size)) {
        return false;
      }
    }
    return true;
  }

  private long size(String symbol) {
    return sizes.getOrDefault(symbol, 1L);
  }

  /** All but the lengths of a ragged batch together, which follow from the others. */
  private static List<String> symbols(EntrySchema entry) {
    return entry.symbols().stream().filter(symbol -> !RaggedAxes.isTotal(symbol)).toList();
  }

  /** As the process that measures reads it. */
  @Override
  public String toString() {
    return entry
        + new TreeMap<>(sizes)
            .entrySet().stream()
                .map(size -> " " + size.getKey() + "=" + size.getValue())
                .collect(Collectors.joining());
  }
}
