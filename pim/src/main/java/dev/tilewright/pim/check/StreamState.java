package dev.tilewright.pim.check;

import dev.tilewright.pim.command.Binding;
import dev.tilewright.pim.command.ChannelSet;
import dev.tilewright.pim.command.Command;
import dev.tilewright.pim.command.Register;
import dev.tilewright.pim.command.Source;
import dev.tilewright.pim.compute.ActivationTable;
import dev.tilewright.pim.compute.Written;
import dev.tilewright.pim.device.Device;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;

/** What holds data after the commands so far. Each check says whether it passed. */
final class StreamState {
  /** A gigabyte of staging memory. */
  static final int MOST_SLOTS = 1 << 25;

  private final Device device;
  private final Written written;
  private final BitSet bound = new BitSet();
  private final BitSet filled = new BitSet();
  private final BitSet arriving = new BitSet();
  private final BitSet[] buffers;
  private final BitSet[] accumulators;
  private final BitSet activated = new BitSet();
  private final RowHazards hazards;
  private int source = Source.BUFFER.number();
  private int function;
  private String reason = "";

  StreamState(Device device, List<Binding> bindings, Written written) {
    this.device = device;
    this.written = written;
    hazards = new RowHazards(device.dualRowBuffer());
    buffers = new BitSet[device.channels()];
    accumulators = new BitSet[device.channels()];
    for (int i = 0; i < buffers.length; i++) {
      buffers[i] = new BitSet();
      accumulators[i] = new BitSet();
      if (device.clearsOnRead()) {
        accumulators[i].set(0, device.accumulators());
      }
    }
    for (Binding binding : bindings) {
      bound.set(binding.slot(), binding.slot() + binding.slots());
      if (binding.direction() == Binding.Direction.IN) {
        filled.set(binding.slot(), binding.slot() + binding.slots());
      }
    }
  }

  /** Why the last check failed. */
  String reason() {
    return reason;
  }

  /** The first slot at or behind {@code slot} without data. */
  int firstEmpty(int slot) {
    return filled.nextClearBit(slot);
  }

  /** Whether a command is legal; then its effects count. */
  boolean accept(Command command) {
    return switch (command) {
      case Command.WriteBuffer c ->
          channels(c.channels())
              && buffer(c.buffer(), c.size())
              && read(c.slot(), c.size())
              && fillBuffers(c.channels(), c.buffer(), c.size());
      case Command.CopyToBuffer c ->
          channels(c.channels())
              && place(c.bank(), c.row(), c.column(), c.size())
              && buffer(c.buffer(), c.size())
              && readBank(c.channels(), c.bank(), c.row(), c.column(), c.size(), false)
              && fillBuffers(c.channels(), c.buffer(), c.size());
      case Command.CopyFromBuffer c ->
          channels(c.channels())
              && place(c.bank(), c.row(), c.column(), c.size())
              && buffer(c.buffer(), c.size())
              && readBuffers(c.channels(), c.buffer(), c.size())
              && writeBank(c.channels(), c.bank(), c.row(), c.column(), c.size(), false);
      case Command.WriteBias c ->
          channels(c.channels())
              && accumulator(c.accumulator())
              && read(c.slot(), slots(c.channels()))
              && fillAccumulators(c.channels(), c.accumulator());
      case Command.ReadAccumulators c ->
          channels(c.channels())
              && accumulator(c.accumulator())
              && readAccumulators(c.channels(), c.accumulator())
              && write(c.slot(), slots(c.channels()));
      case Command.ReadActivated c ->
          channels(c.channels())
              && each(c.channels(), activated::get, "no activation function was applied")
              && write(c.slot(), slots(c.channels()));
      case Command.MultiplyBank c ->
          channels(c.channels())
              && place(c.bank(), c.row(), c.column(), c.size())
              && operands(c.channels(), c.source(), c.buffer(), c.size(), c.accumulator())
              && multiplyBank(c);
      case Command.MultiplyAll c ->
          channels(c.channels())
              && place(0, c.row(), c.column(), c.size())
              && operands(c.channels(), c.source(), c.buffer(), c.size(), c.accumulator())
              && readBanks(c.channels(), c.row(), c.column(), c.size(), 1, 1);
      case Command.Activate c ->
          channels(c.channels())
              && accumulator(c.accumulator())
              && that(
                  c.function() == function,
                  "function %d is not what WR_CFR selected (%d)",
                  c.function(),
                  function)
              && readAccumulators(c.channels(), c.accumulator())
              && applied(c.channels());
      case Command.MultiplyElements c ->
          channels(c.channels())
              && place(0, c.row(), c.column(), c.size())
              && that(device.banks() % 4 == 0, "the device's banks are no groups of 4")
              && readBanks(c.channels(), c.row(), c.column(), c.size(), 4, 2)
              && writeProducts(c);
      case Command.AddSlots c ->
          read(c.slot(), c.size())
              && read(c.addend(), c.size())
              && that(
                  c.slot() == c.addend() || Math.abs(c.slot() - c.addend()) >= c.size(),
                  "the slots overlap, so the order of the additions would count");
      case Command.WriteBank c ->
          channels(c.channels())
              && place(c.bank(), c.row(), c.column(), 1)
              && read(c.slot(), c.channels().count())
              && writeBank(c.channels(), c.bank(), c.row(), c.column(), 1, true);
      case Command.ReadBank c ->
          channels(c.channels())
              && place(c.bank(), c.row(), c.column(), 1)
              && readBank(c.channels(), c.bank(), c.row(), c.column(), 1, true)
              && fetch(c.slot(), c.channels().count());
      case Command.WriteAcross c ->
          channels(c.channels())
              && that(c.channels().count() == 1, "it writes one channel, not %s", c.channels())
              && place(0, c.row(), c.column(), 1)
              && within("lane", c.lane(), 1, Device.LANES)
              && read(c.slot(), device.slotsPerChannel())
              && writeAcross(c);
      case Command.WriteMemory c ->
          within("channel", c.channel(), 1, device.channels())
              && place(c.bank(), c.row(), c.column(), 1)
              && read(c.slot(), 1)
              && writeBank(ChannelSet.of(c.channel()), c.bank(), c.row(), c.column(), 1, true);
      case Command.ReadMemory c ->
          within("channel", c.channel(), 1, device.channels())
              && place(c.bank(), c.row(), c.column(), 1)
              && readBank(ChannelSet.of(c.channel()), c.bank(), c.row(), c.column(), 1, true)
              && fetch(c.slot(), 1);
      case Command.WriteSlot c -> read(c.slot(), 1);
      case Command.ReadSlot c -> read(c.slot(), 1);
      case Command.Configure c -> configure(c.register(), c.value());
      case Command.Sync c -> sync();
      case Command.End c -> sync();
    };
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency
  private boolean that(boolean holds, String otherwise, Object... arguments) {
    if (!holds) {
      reason = otherwise.formatted(arguments);
    }
    return holds;
  }

  private boolean within(String what, int from, int count, int bound) {
    return that(
        count >= 1 && from >= 0 && from <= bound - (long) count,
        "%s %d, %d of them, leaves 0 to %d",
        what,
        from,
        count,
        bound - 1);
  }

  private boolean channels(ChannelSet channels) {
    return that(
        channels.bits() != 0 && channels.highest() < device.channels(),
        "channels %s, where the device has 0 to %d",
        channels,
        device.channels() - 1);
  }

  private boolean place(int bank, int row, int column, int size) {
    return within("bank", bank, 1, device.banks())
        && within("row", row, 1, device.rows())
        && within("column", column, size, device.columns());
  }

  private boolean buffer(int from, int size) {
    return within("buffer column", from, size, device.bufferColumns());
  }

  private boolean accumulator(int accumulator) {
    return within("accumulator", accumulator, 1, device.accumulators());
  }

  /** Slots that one value for each bank takes. */
  private int slots(ChannelSet channels) {
    return channels.count() * device.slotsPerChannel();
  }

  private boolean inBindings(int slot, int count) {
    return within("slot", slot, count, MOST_SLOTS)
        && that(
            bound.nextClearBit(slot) >= slot + count,
            "slot %d belongs to no binding",
            bound.nextClearBit(slot));
  }

  private boolean arrived(int slot, int count) {
    int late = arriving.nextSetBit(slot);
    return that(
        late < 0 || late >= slot + count,
        "slot %d is still to be filled by a read of memory; put a SYNC between",
        late);
  }

  private boolean read(int slot, int count) {
    return inBindings(slot, count)
        && arrived(slot, count)
        && that(
            filled.nextClearBit(slot) >= slot + count,
            "slot %d is read before it is written",
            filled.nextClearBit(slot));
  }

  private boolean write(int slot, int count) {
    if (!inBindings(slot, count) || !arrived(slot, count)) {
      return false;
    }
    filled.set(slot, slot + count);
    return true;
  }

  private boolean fetch(int slot, int count) {
    if (!write(slot, count)) {
      return false;
    }
    arriving.set(slot, slot + count);
    return true;
  }

  private boolean sync() {
    arriving.clear();
    hazards.sync();
    return true;
  }

  private boolean each(ChannelSet channels, IntPredicate has, String otherwise) {
    int bad = channels.stream().filter(c -> !has.test(c)).findFirst().orElse(-1);
    return that(bad < 0, "in channel %d %s", bad, otherwise);
  }

  private boolean fillBuffers(ChannelSet channels, int from, int size) {
    channels.stream().forEach(c -> buffers[c].set(from, from + size));
    return true;
  }

  private boolean readBuffers(ChannelSet channels, int from, int size) {
    return each(
        channels,
        c -> buffers[c].nextClearBit(from) >= from + size,
        "the global buffer is read before it is written");
  }

  private boolean fillAccumulators(ChannelSet channels, int accumulator) {
    channels.stream().forEach(c -> accumulators[c].set(accumulator));
    return true;
  }

  private boolean readAccumulators(ChannelSet channels, int accumulator) {
    return each(
        channels,
        c -> accumulators[c].get(accumulator),
        "the accumulators are used before WR_BIAS");
  }

  private boolean applied(ChannelSet channels) {
    channels.stream().forEach(activated::set);
    return true;
  }

  private boolean operands(
      ChannelSet channels, Source wanted, int buffer, int size, int accumulator) {
    return accumulator(accumulator)
        && that(
            wanted.number() == source,
            "operands from %s are not what WR_CFR selected (%d)",
            wanted,
            source)
        && readAccumulators(channels, accumulator)
        && (wanted == Source.NEIGHBOUR
            || (buffer(buffer, size) && readBuffers(channels, buffer, size)));
  }

  private boolean multiplyBank(Command.MultiplyBank c) {
    boolean neighbour = c.source() == Source.NEIGHBOUR;
    return that(!neighbour || c.bank() % 2 == 0, "bank %d is odd and has no neighbour", c.bank())
        && readBank(c.channels(), c.bank(), c.row(), c.column(), c.size(), false)
        && (!neighbour
            || readBank(c.channels(), c.bank() + 1, c.row(), c.column(), c.size(), false));
  }

  private boolean readBank(
      ChannelSet channels, int bank, int row, int column, int size, boolean memory) {
    return each(
            channels,
            c -> written.hasColumns(c, bank, row, column, size),
            "bank %d, row %d, column %d and on is read before it is written"
                .formatted(bank, row, column))
        && each(channels, c -> hazards.read(c, bank, row, memory), RowHazards.REASON);
  }

  /** Banks {@code 0 .. count-1} of every {@code step}. */
  private boolean readBanks(
      ChannelSet channels, int row, int column, int size, int step, int count) {
    for (int bank = 0; bank < device.banks(); bank++) {
      if (bank % step < count && !readBank(channels, bank, row, column, size, false)) {
        return false;
      }
    }
    return true;
  }

  private boolean writeBank(
      ChannelSet channels, int bank, int row, int column, int size, boolean memory) {
    if (!each(channels, c -> hazards.write(c, bank, row, memory), RowHazards.REASON)) {
      return false;
    }
    channels.stream().forEach(c -> written.columns(c, bank, row, column, size));
    return true;
  }

  private boolean writeProducts(Command.MultiplyElements c) {
    boolean fine = true;
    for (int bank = 2; bank < device.banks() && fine; bank += 4) {
      fine = writeBank(c.channels(), bank, c.row(), c.column(), c.size(), false);
    }
    return fine;
  }

  private boolean writeAcross(Command.WriteAcross c) {
    int channel = c.channels().lowest();
    for (int bank = 0; bank < device.banks(); bank++) {
      if (!that(hazards.write(channel, bank, c.row(), false), RowHazards.REASON)) {
        return false;
      }
      int element = c.column() * Device.LANES + c.lane();
      written.elements(channel, bank, c.row(), element, 1);
    }
    return true;
  }

  private boolean configure(Register register, int value) {
    return switch (register) {
      case SOURCE -> {
        source = value;
        yield that(Source.of(value).isPresent(), "%d selects no source of operands", value);
      }
      case ALL_GROUPS -> that(value == 1, "products in one group would not say in which");
      case FUNCTION -> {
        function = value;
        yield within("function", value, 1, ActivationTable.TABLES.size());
      }
    };
  }
}
