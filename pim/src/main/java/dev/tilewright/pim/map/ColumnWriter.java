package dev.tilewright.pim.map;

/** Fills banks while a device is loaded. */
@FunctionalInterface
public interface ColumnWriter {
  /**
   * Writes a column.
   *
   * @param values 16 bf16, which are not kept
   */
  void write(int channel, int bank, int row, int column, short[] values);
}
