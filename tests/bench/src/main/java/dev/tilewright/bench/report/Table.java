package dev.tilewright.bench.report;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Lines of text in columns. */
public final class Table {
  /**
   * A column.
   *
   * @param width in characters; negative aligns to the left
   */
  public record Column(String head, int width) {}

  private final List<Column> columns;

  public Table(Column... columns) {
    this.columns = List.of(columns);
  }

  /** The line with the heads. */
  public String head() {
    return line(columns.stream().map(Column::head).toArray());
  }

  /** A line with a cell for each column. */
  public String line(Object... cells) {
    return IntStream.range(0, columns.size())
        .mapToObj(i -> String.format("%" + columns.get(i).width() + "s", cells[i]))
        .collect(Collectors.joining(" "))
        .stripTrailing();
  }

  /** A number with so many digits behind the point. */
  public static String number(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  /** The same, or a dash. */
  public static String number(OptionalDouble value, int digits) {
    return value.isPresent() ? number(value.getAsDouble(), digits) : "-";
  }
}
