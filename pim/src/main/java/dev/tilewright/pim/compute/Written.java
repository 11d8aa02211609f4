package dev.tilewright.pim.compute;

import dev.tilewright.pim.device.Device;
import java.util.HashMap;
import java.util.Map;

/** Which elements of a device's banks hold data: a bit each. */
public final class Written {
  private final Device device;
  private final Written base;
  private final Map<Integer, long[]> changed = new HashMap<>();
  private final long[][][] banks;

  public Written(Device device) {
    this.device = device;
    base = null;
    banks = new long[device.channels() * device.banks()][][];
  }

  /** What {@code base} says until this is told otherwise; the base stays as it is. */
  public Written(Written base) {
    this.device = base.device;
    this.base = base;
    banks = null;
  }

  /** The bits of a row, or null if it holds nothing. */
  private long[] row(int channel, int bank, int row) {
    int at = channel * device.banks() + bank;
    if (base != null) {
      long[] own = changed.get(at * device.rows() + row);
      return own == null ? base.row(channel, bank, row) : own;
    }
    return banks[at] == null ? null : banks[at][row];
  }

  private long[] change(int channel, int bank, int row) {
    int at = channel * device.banks() + bank;
    int words = (device.rowElements() + Long.SIZE - 1) / Long.SIZE;
    if (base != null) {
      return changed.computeIfAbsent(
          at * device.rows() + row,
          key -> {
            long[] before = base.row(channel, bank, row);
            return before == null ? new long[words] : before.clone();
          });
    }
    if (banks[at] == null) {
      banks[at] = new long[device.rows()][];
    }
    if (banks[at][row] == null) {
      banks[at][row] = new long[words];
    }
    return banks[at][row];
  }

  /** Marks {@code count} elements of a row. */
  public void elements(int channel, int bank, int row, int element, int count) {
    long[] bits = change(channel, bank, row);
    for (int i = element; i < element + count; i++) {
      bits[i / Long.SIZE] |= 1L << i;
    }
  }

  /** Marks {@code count} columns of a row. */
  public void columns(int channel, int bank, int row, int column, int count) {
    elements(channel, bank, row, column * Device.LANES, count * Device.LANES);
  }

  /** Whether {@code count} columns of a row hold data. */
  public boolean hasColumns(int channel, int bank, int row, int column, int count) {
    long[] bits = row(channel, bank, row);
    if (bits == null) {
      return false;
    }
    for (int i = column; i < column + count; i++) {
      long mask = 0xffffL << (i * Device.LANES);
      if ((bits[i * Device.LANES / Long.SIZE] & mask) != mask) {
        return false;
      }
    }
    return true;
  }
}
