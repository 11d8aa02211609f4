package dev.tilewright.pim.place;

/**
 * A processor by its roofline (Williams et al., <i>Roofline</i>, CACM 2009).
 *
 * @param name for tables
 * @param operations additions and multiplications a second at most
 * @param bytes that it reads a second at most
 */
public record Processor(String name, double operations, double bytes) {
  public Processor {
    if (!(operations > 0) || !(bytes > 0)) {
      throw new IllegalArgumentException(
          "processor '%s' does %s operations and reads %s bytes a second: both are positive"
              .formatted(name, operations, bytes));
    }
  }

  /** {@code max(operations / peak, bytes / rate)}. */
  public double seconds(double work, double read) {
    return Math.max(work / operations, read / bytes);
  }
}
