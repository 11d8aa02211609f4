package dev.tilewright.pim.map;

import dev.tilewright.pim.command.ChannelSet;
import dev.tilewright.pim.compute.Bf16;
import dev.tilewright.pim.device.Device;

/**
 * A matrix of {@code outputs x depth} in the banks: element to {@link Cell} as the package
 * describes it. Columns are filled up with zeros.
 */
public final class MatrixMap {
  private final Device device;
  private final String name;
  private final int outputs;
  private final int depth;
  private final int chunk;
  private final int[] firstRow;

  /**
   * Takes rows for a matrix with chunks of whole rows.
   *
   * @throws CapacityException if there are too few
   */
  public static MatrixMap of(RowAllocator rows, String name, int outputs, int depth) {
    return of(rows, name, outputs, depth, longestChunk(rows.device()));
  }

  /**
   * Takes rows for a matrix with chunks of {@code chunk} elements, whole columns.
   *
   * @throws CapacityException if there are too few
   */
  static MatrixMap of(RowAllocator rows, String name, int outputs, int depth, int chunk) {
    return new MatrixMap(rows, name, outputs, depth, chunk);
  }

  private MatrixMap(RowAllocator rows, String name, int outputs, int depth, int chunk) {
    if (outputs < 1 || depth < 1) {
      throw new IllegalArgumentException(
          "matrix '%s' is %d x %d: both extents are at least 1".formatted(name, outputs, depth));
    }
    this.device = rows.device();
    this.name = name;
    this.outputs = outputs;
    this.depth = depth;
    this.chunk = chunk;
    this.firstRow = new int[ceil(depth, chunk)];
    for (int q = 0; q < firstRow.length; q++) {
      firstRow[q] = rows.take(ceil(groups(), groupsPerRow(q)), name);
    }
  }

  /** Elements that fit both a row and the global buffer. */
  static int longestChunk(Device device) {
    return Device.LANES * Math.min(device.columns(), device.bufferColumns());
  }

  static int ceil(int a, int b) {
    return (a + b - 1) / b;
  }

  public Device device() {
    return device;
  }

  public String name() {
    return name;
  }

  public int outputs() {
    return outputs;
  }

  public int depth() {
    return depth;
  }

  /** Outputs that are computed at once. */
  public int width() {
    return device.channels() * device.banks();
  }

  public int groups() {
    return ceil(outputs, width());
  }

  /** Parts into which the depth is cut. */
  public int chunks() {
    return firstRow.length;
  }

  /** Elements of the depth in every chunk but the last. */
  public int chunk() {
    return chunk;
  }

  /** Columns that chunk {@code q} of an output takes. */
  public int columns(int q) {
    return ceil(Math.min(chunk, depth - q * chunk), Device.LANES);
  }

  private int groupsPerRow(int q) {
    return device.columns() / columns(q);
  }

  /** The row of chunk {@code q} of group {@code g}. */
  public int row(int q, int g) {
    return firstRow[q] + g / groupsPerRow(q);
  }

  /** The first column of chunk {@code q} of group {@code g}. */
  public int column(int q, int g) {
    return g % groupsPerRow(q) * columns(q);
  }

  /** The channels that hold outputs of group {@code g}. */
  public ChannelSet channels(int g) {
    int left = ceil(outputs - g * width(), device.banks());
    return ChannelSet.first(Math.min(device.channels(), left));
  }

  /** Where an element lies. */
  public Cell cell(int output, int k) {
    int q = k / chunk;
    int g = output / width();
    return new Cell(
        output % width() / device.banks(),
        output % device.banks(),
        row(q, g),
        column(q, g) + k % chunk / Device.LANES,
        k % Device.LANES);
  }

  /**
   * Slots that hold a value of each bank of each channel, lowest channel first: what {@code
   * WR_BIAS} takes and {@code RD_MAC} gives for a group.
   */
  public int groupSlots() {
    return device.channels() * device.slotsPerChannel();
  }

  /** Slots of the first {@code groups} groups: the last may fill fewer channels. */
  int slots(int groups) {
    return (groups - 1) * groupSlots() + channels(groups - 1).count() * device.slotsPerChannel();
  }

  /** The element of a group's slots that belongs to {@code output}. */
  int place(int output) {
    return output % width() / device.banks() * device.slotsPerChannel() * Device.LANES
        + output % device.banks();
  }

  /** Writes the matrix, and zeros to the rest of the columns that its streams read. */
  public void load(Elements elements, ColumnWriter banks) {
    short[] column = new short[Device.LANES];
    for (int g = 0; g < groups(); g++) {
      int end = g * width() + channels(g).count() * device.banks();
      for (int output = g * width(); output < end; output++) {
        for (int k = 0; k < depth; k += Device.LANES) {
          for (int lane = 0; lane < Device.LANES; lane++) {
            boolean inside = output < outputs && k + lane < depth;
            column[lane] = inside ? Bf16.round(elements.at(output, k + lane)) : 0;
          }
          Cell cell = cell(output, k);
          banks.write(cell.channel(), cell.bank(), cell.row(), cell.column(), column);
        }
      }
    }
  }
}
