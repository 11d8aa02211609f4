package dev.tilewright.pim;

import dev.tilewright.pim.command.ChannelSet;
import dev.tilewright.pim.command.Command;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.command.Source;
import dev.tilewright.pim.command.StreamBuilder;
import dev.tilewright.pim.device.Device;
import java.util.SplittableRandom;

/**
 * Random legal streams over few rows. The host binds {@link #SLOTS} slots as {@code x}, filled;
 * rows 0 to {@link #ROWS}-1 of all banks are expected to be loaded.
 */
public final class RandomStreams {
  public static final int ROWS = 3;
  public static final int SLOTS = 96;
  private static final int FETCHED = 8;
  private static final int BURST = 60;

  private final Device device;
  private final SplittableRandom random;
  private final boolean bursts;

  public RandomStreams(Device device, SplittableRandom random) {
    this(device, random, false);
  }

  /**
   * @param bursts whether many ordinary reads and writes follow each other
   */
  public RandomStreams(Device device, SplittableRandom random, boolean bursts) {
    this.device = device;
    this.random = random;
    this.bursts = bursts;
  }

  public CommandStream next(int length) {
    StreamBuilder stream = new StreamBuilder(device);
    stream.in("x", SLOTS);
    stream.in("fetched", FETCHED + BURST);
    int fetched = 0;
    ChannelSet all = ChannelSet.first(device.channels());
    stream.add(new Command.WriteBuffer(all, device.bufferColumns(), 0, 0));
    for (int i = 0; i < device.accumulators(); i++) {
      stream.add(new Command.WriteBias(all, i, 0));
    }
    stream.add(new Command.Activate(all, 0, 0));
    for (int i = 0; i < length; i++) {
      if (bursts && below(3) == 0) {
        burst(stream);
      }
      Command command = command();
      int count =
          switch (command) {
            case Command.ReadBank c -> c.channels().count();
            case Command.ReadMemory c -> 1;
            default -> 0;
          };
      if (fetched + count > FETCHED) {
        stream.add(new Command.Sync());
        fetched = 0;
      }
      switch (command) {
        case Command.ReadBank(ChannelSet set, int bank, int row, int column, int slot) ->
            stream.add(new Command.ReadBank(set, bank, row, column, slot + SLOTS + fetched));
        case Command.ReadMemory(int channel, int bank, int row, int column, int slot) ->
            stream.add(new Command.ReadMemory(channel, bank, row, column, slot + SLOTS + fetched));
        case Command.AddSlots c when c.slot() != c.addend() && overlap(c) -> {}
        default -> stream.add(command);
      }
      fetched += count;
    }
    return stream.end();
  }

  /** Reads and writes of few banks and rows; what they fetch is complete at the end. */
  private void burst(StreamBuilder stream) {
    int banks = 1 + below(below(2) == 0 ? 3 : device.banks());
    int reads = below(5);
    int channel = below(device.channels());
    int count = 1 + below(BURST);
    for (int i = 0; i < count; i++) {
      int own = below(4) == 0 ? below(device.channels()) : channel;
      int bank = below(banks) * 5 % device.banks();
      int column = below(device.columns());
      stream.add(
          below(4) < reads
              ? new Command.ReadMemory(own, bank, below(ROWS), column, SLOTS + FETCHED + i)
              : new Command.WriteMemory(own, bank, below(ROWS), column, slot(1)));
    }
    if (reads > 0 || below(2) == 0) {
      stream.add(new Command.Sync());
    }
  }

  private static boolean overlap(Command.AddSlots c) {
    return Math.abs(c.slot() - c.addend()) < c.size();
  }

  private int below(int bound) {
    return random.nextInt(bound);
  }

  private int slot(int count) {
    return below(SLOTS - count + 1);
  }

  private ChannelSet channels() {
    return new ChannelSet(1 + below((1 << device.channels()) - 1));
  }

  private Command command() {
    ChannelSet set = below(3) == 0 ? ChannelSet.first(device.channels()) : channels();
    int size = 1 + below(below(4) == 0 ? device.columns() : Math.min(6, device.columns()));
    int column = below(device.columns() - size + 1);
    int buffer = below(device.bufferColumns() - size + 1);
    int row = below(ROWS);
    int bank = below(device.banks());
    int accumulator = below(device.accumulators());
    Source source = below(4) == 0 ? Source.NEIGHBOUR : Source.BUFFER;
    int slots = set.count() * device.slotsPerChannel();
    return switch (below(20)) {
      case 0 -> new Command.WriteBuffer(set, size, buffer, slot(size));
      case 1 -> new Command.CopyToBuffer(set, bank, row, column, size, buffer);
      case 2 -> new Command.CopyFromBuffer(set, bank, row, column, size, buffer);
      case 3 -> new Command.WriteBias(set, accumulator, slot(slots));
      case 4 -> new Command.ReadAccumulators(set, accumulator, slot(slots));
      case 5 -> new Command.ReadActivated(set, slot(slots));
      case 6 -> {
        int even = source == Source.NEIGHBOUR ? bank & ~1 : bank;
        yield new Command.MultiplyBank(set, even, row, column, size, buffer, accumulator, source);
      }
      case 7 -> new Command.Activate(set, below(3), accumulator);
      case 8 -> new Command.MultiplyElements(set, row, column, size);
      case 9 -> new Command.AddSlots(slot(size), slot(size), size);
      case 10 -> new Command.WriteBank(set, bank, row, column, slot(set.count()));
      case 11 -> new Command.ReadBank(set, bank, row, column, 0);
      case 12 ->
          new Command.WriteAcross(
              ChannelSet.of(set.lowest()),
              row,
              column,
              below(Device.LANES),
              slot(device.slotsPerChannel()));
      case 13 -> new Command.WriteMemory(below(device.channels()), bank, row, column, slot(1));
      case 14 -> new Command.ReadMemory(below(device.channels()), bank, row, column, 0);
      case 15 -> new Command.WriteSlot(slot(1));
      case 16 -> new Command.Sync();
      default -> new Command.MultiplyAll(set, row, column, size, buffer, accumulator, source);
    };
  }
}
