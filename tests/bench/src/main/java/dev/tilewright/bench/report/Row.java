package dev.tilewright.bench.report;

import dev.tilewright.bench.measure.Samples;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A line of a table of times, and of the JSON beside it.
 *
 * @param name the case
 * @param implementation what was measured
 * @param precision what it computes in
 * @param workers threads
 * @param times milliseconds
 * @param percentOfPeak of the machine's limit, where it has one
 * @param peer what it is compared with
 * @param peerMedian milliseconds of the peer, where there is one
 */
public record Row(
    String name,
    String implementation,
    String precision,
    int workers,
    Samples times,
    OptionalDouble percentOfPeak,
    String peer,
    OptionalDouble peerMedian) {
  /** The heads of {@link #cells}. */
  public static final Table TABLE =
      new Table(
          new Table.Column("case", -10),
          new Table.Column("by", -18),
          new Table.Column("precision", -13),
          new Table.Column("workers", 7),
          new Table.Column("median ms", 11),
          new Table.Column("p10", 10),
          new Table.Column("p90", 10),
          new Table.Column("% of peak", 10),
          new Table.Column("ratio", 7));

  /** How many times faster than the peer, by medians. */
  public OptionalDouble ratioToPeer() {
    return peerMedian.isPresent()
        ? OptionalDouble.of(peerMedian.getAsDouble() / times.median())
        : OptionalDouble.empty();
  }

  /** What a table shows. */
  public Object[] cells() {
    return new Object[] {
      name,
      implementation,
      precision,
      workers,
      Table.number(times.median(), 3),
      Table.number(times.quantile(0.1), 3),
      Table.number(times.quantile(0.9), 3),
      Table.number(percentOfPeak, 1),
      Table.number(ratioToPeer(), 2)
    };
  }

  /** What a JSON line holds. */
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("case", name);
    fields.put("implementation", implementation);
    fields.put("precision", precision);
    fields.put("workers", workers);
    fields.put("median_ms", times.median());
    fields.put("p10_ms", times.quantile(0.1));
    fields.put("p90_ms", times.quantile(0.9));
    fields.put("percent_of_peak", percentOfPeak);
    fields.put("ratio_to_peer", ratioToPeer());
    fields.put("peer", peer);
    return fields;
  }
}
