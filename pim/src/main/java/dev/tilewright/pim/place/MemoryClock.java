package dev.tilewright.pim.place;

import dev.tilewright.pim.command.Command;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;
import dev.tilewright.pim.map.MatrixMap;
import dev.tilewright.pim.map.Product;
import dev.tilewright.pim.map.RowAllocator;
import dev.tilewright.pim.timing.TimingSimulator;

/**
 * How long streams of products and of attention's scores and sums take, without simulating their
 * columns:
 *
 * <pre>
 * cycles = start + sum over blocks of [switch + (accumulators - 1) another + rows + sum of 2 columns] + buffer columns * burst
 * </pre>
 *
 * A <em>block</em> multiplies between setting and reading accumulators. A row that differs from the
 * last one costs {@code tRP + tRCDMAC} at a block's start, where the close hides behind the
 * registers, and {@code tRTP + tRP + tRCDMAC - tCCDL} within. The times of a start, a block and
 * another accumulator are those of three small products on the timing simulator.
 */
public final class MemoryClock {
  /** Enough for the time of another accumulator; this and one more group share a row. */
  private static final int PROBED = 3;

  private final Device device;
  private final int column;
  private final int burst;
  private final int rowAtStart;
  private final int rowWithin;
  private final long start;
  private final long block;
  private final long another;

  public MemoryClock(Device device) {
    this.device = device;
    this.column = device.of(Parameter.COLUMN_SAME_GROUP);
    this.burst = device.of(Parameter.BURST);
    this.rowAtStart =
        device.of(Parameter.PRECHARGE)
            + device.of(Parameter.ACTIVATE_TO_MULTIPLY)
            + device.of(Parameter.ACTIVATE_ALL);
    this.rowWithin = rowAtStart + device.of(Parameter.READ_TO_PRECHARGE) - column;
    int accumulators = Math.min(PROBED, device.accumulators());
    int columns = Math.max(1, device.columns() / (accumulators + 1));
    Device probed = device.with(Parameter.ACCUMULATORS, accumulators);
    long one = probe(probed, 1, columns);
    long full = probe(probed, accumulators, columns);
    long more = probe(probed, accumulators + 1, columns);
    this.block = more - full - (long) column * columns;
    this.another =
        accumulators == 1 ? 0 : (full - one) / (accumulators - 1) - (long) column * columns;
    this.start = one - block - (long) (column + burst) * columns;
  }

  private static long probe(Device device, int groups, int columns) {
    int outputs = groups * device.channels() * device.banks();
    RowAllocator rows = new RowAllocator(device);
    Product product = new Product(MatrixMap.of(rows, "probe", outputs, columns * Device.LANES));
    return new TimingSimulator(device).run(product.stream()).cycles();
  }

  public Device device() {
    return device;
  }

  /** Cycles of a stream that begins with closed rows. */
  public long cycles(CommandStream stream) {
    long cycles = start;
    int row = -1;
    boolean registers = true;
    int answers = 0;
    int behind = 0;
    for (Command command : stream.commands()) {
      switch (command) {
        case Command.WriteBuffer c -> {
          // channels take vectors of their own at the same time, a cycle behind each other
          if (c.channels().has(0)) {
            cycles += (long) burst * c.size() - behind;
            behind = 0;
          } else {
            cycles++;
            behind++;
          }
        }
        case Command.ReadAccumulators _ -> {
          cycles += answers > 0 ? another : 0;
          answers++;
          registers = true;
        }
        case Command.MultiplyAll c -> {
          cycles += registers ? block : 0;
          if (c.row() != row && row >= 0) {
            cycles += registers ? rowAtStart : rowWithin;
          }
          cycles += (long) column * c.size();
          row = c.row();
          registers = false;
          answers = 0;
          behind = 0;
        }
        case Command.End _ -> {}
        case Command.WriteBias _ -> {}
        case Command.CopyToBuffer c -> throw unknown(c);
        case Command.CopyFromBuffer c -> throw unknown(c);
        case Command.ReadActivated c -> throw unknown(c);
        case Command.MultiplyBank c -> throw unknown(c);
        case Command.Activate c -> throw unknown(c);
        case Command.MultiplyElements c -> throw unknown(c);
        case Command.AddSlots c -> throw unknown(c);
        case Command.WriteBank c -> throw unknown(c);
        case Command.ReadBank c -> throw unknown(c);
        case Command.WriteAcross c -> throw unknown(c);
        case Command.WriteMemory c -> throw unknown(c);
        case Command.ReadMemory c -> throw unknown(c);
        case Command.WriteSlot c -> throw unknown(c);
        case Command.ReadSlot c -> throw unknown(c);
        case Command.Configure c -> throw unknown(c);
        case Command.Sync c -> throw unknown(c);
      }
    }
    return cycles;
  }

  private static IllegalArgumentException unknown(Command command) {
    return new IllegalArgumentException(
        "the clock knows products, scores and weighted sums, not %s; use TimingSimulator"
            .formatted(command));
  }

  /** Seconds of a stream that begins with closed rows. */
  public double seconds(CommandStream stream) {
    return device.seconds(cycles(stream));
  }
}
