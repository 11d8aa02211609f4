package dev.tilewright.pim.compute;

import dev.tilewright.pim.device.Device;
import java.util.Arrays;

/**
 * The banks' data. Rows take room when they are first written; a stream that reads what was never
 * written is illegal.
 */
public final class Memory {
  private final Device device;
  private final short[][][] banks;
  private final Written written;
  private final short unwritten;

  public Memory(Device device) {
    this(device, (short) 0);
  }

  /**
   * @param unwritten the bits that places have before they are written; no legal stream can tell
   */
  Memory(Device device, short unwritten) {
    this.device = device;
    this.unwritten = unwritten;
    banks = new short[device.channels() * device.banks()][][];
    written = new Written(device);
  }

  /** Which places hold data. */
  public Written written() {
    return written;
  }

  /** The bits of what was never written. */
  short unwritten() {
    return unwritten;
  }

  /** A row for reading and writing, of {@link Device#rowElements} bf16. */
  short[] row(int channel, int bank, int row) {
    int at = channel * device.banks() + bank;
    if (banks[at] == null) {
      banks[at] = new short[device.rows()][];
    }
    if (banks[at][row] == null) {
      banks[at][row] = new short[device.rowElements()];
      Arrays.fill(banks[at][row], unwritten);
    }
    return banks[at][row];
  }

  /**
   * Loads bf16 into a bank before streams run, from {@code column} on over as many rows as they
   * take.
   *
   * @throws IllegalArgumentException if the bank has no such place
   */
  public void load(int channel, int bank, int row, int column, short[] values) {
    long from = (long) row * device.rowElements() + (long) column * Device.LANES;
    long end = (long) device.rows() * device.rowElements();
    if (channel < 0
        || channel >= device.channels()
        || bank < 0
        || bank >= device.banks()
        || row < 0
        || column < 0
        || from + values.length > end) {
      throw new IllegalArgumentException(
          "%d values at channel %d, bank %d, row %d, column %d are outside %s: %d channels, %d banks, %d rows of %d columns"
              .formatted(
                  values.length,
                  channel,
                  bank,
                  row,
                  column,
                  device.name(),
                  device.channels(),
                  device.banks(),
                  device.rows(),
                  device.columns()));
    }
    int done = 0;
    while (done < values.length) {
      long place = from + done;
      int at = (int) (place / device.rowElements());
      int element = (int) (place % device.rowElements());
      int count = Math.min(values.length - done, device.rowElements() - element);
      System.arraycopy(values, done, row(channel, bank, at), element, count);
      written.elements(channel, bank, at, element, count);
      done += count;
    }
  }

  /** A row's values, for looking at. */
  public short[] read(int channel, int bank, int row) {
    return row(channel, bank, row).clone();
  }
}
