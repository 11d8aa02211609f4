package dev.tilewright.pim.compute;

import dev.tilewright.pim.command.ChannelSet;
import dev.tilewright.pim.command.Command;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.command.Source;
import dev.tilewright.pim.device.Device;
import java.util.Arrays;

/**
 * Computes what streams compute. Banks keep their data from stream to stream; global buffers,
 * accumulators and the staging memory belong to one stream.
 */
public final class FunctionalSimulator {
  private final Device device;
  private final Memory memory;

  public FunctionalSimulator(Device device, Memory memory) {
    this.device = device;
    this.memory = memory;
  }

  /**
   * Runs a stream that the validator accepts.
   *
   * @param slots the host's staging memory, 16 bf16 a slot, at least {@link CommandStream#slots} of
   *     them: filled where the stream binds inputs, and filled here where it binds outputs
   */
  public void run(CommandStream stream, short[] slots) {
    if (slots.length < stream.slots() * Device.LANES) {
      throw new IllegalArgumentException(
          "the stream binds %d slots of 16, but the staging memory holds %d values"
              .formatted(stream.slots(), slots.length));
    }
    Run run = new Run(slots);
    stream.commands().forEach(run::execute);
  }

  private final class Run {
    private final short[] slots;
    private final short[][] buffers = new short[device.channels()][];
    private final float[][] accumulators = new float[device.channels()][];
    private final float[][] activated = new float[device.channels()][];

    Run(short[] slots) {
      this.slots = slots;
      for (int i = 0; i < buffers.length; i++) {
        buffers[i] = new short[device.bufferColumns() * Device.LANES];
        accumulators[i] = new float[device.accumulators() * device.banks()];
        activated[i] = new float[device.banks()];
        Arrays.fill(buffers[i], memory.unwritten());
        float first = device.clearsOnRead() ? 0 : Bf16.widen(memory.unwritten());
        Arrays.fill(accumulators[i], first);
        Arrays.fill(activated[i], Bf16.widen(memory.unwritten()));
      }
    }

    void execute(Command command) {
      switch (command) {
        case Command.WriteBuffer c ->
            c.channels().stream()
                .forEach(channel -> copy(slots, c.slot(), buffers[channel], c.buffer(), c.size()));
        case Command.CopyToBuffer c ->
            c.channels().stream()
                .forEach(
                    channel ->
                        copy(
                            memory.row(channel, c.bank(), c.row()),
                            c.column(),
                            buffers[channel],
                            c.buffer(),
                            c.size()));
        case Command.CopyFromBuffer c ->
            c.channels().stream()
                .forEach(
                    channel -> {
                      short[] row = memory.row(channel, c.bank(), c.row());
                      copy(buffers[channel], c.buffer(), row, c.column(), c.size());
                      memory.written().columns(channel, c.bank(), c.row(), c.column(), c.size());
                    });
        case Command.WriteBias c ->
            c.channels().stream()
                .forEach(
                    channel -> {
                      int from = slot(c.channels(), channel, c.slot());
                      for (int bank = 0; bank < device.banks(); bank++) {
                        accumulators[channel][at(c.accumulator(), bank)] =
                            Bf16.widen(slots[from + bank]);
                      }
                    });
        case Command.ReadAccumulators c ->
            c.channels().stream()
                .forEach(
                    channel -> {
                      int from = at(c.accumulator(), 0);
                      read(accumulators[channel], from, slot(c.channels(), channel, c.slot()));
                      if (device.clearsOnRead()) {
                        Arrays.fill(accumulators[channel], from, from + device.banks(), 0);
                      }
                    });
        case Command.ReadActivated c ->
            c.channels().stream()
                .forEach(
                    channel -> read(activated[channel], 0, slot(c.channels(), channel, c.slot())));
        case Command.MultiplyBank c ->
            c.channels().stream()
                .forEach(
                    channel ->
                        multiply(
                            channel,
                            c.bank(),
                            c.row(),
                            c.column(),
                            c.size(),
                            c.buffer(),
                            c.accumulator(),
                            c.source()));
        case Command.MultiplyAll c -> {
          int step = c.source() == Source.NEIGHBOUR ? 2 : 1;
          c.channels().stream()
              .forEach(
                  channel -> {
                    for (int bank = 0; bank < device.banks(); bank += step) {
                      multiply(
                          channel,
                          bank,
                          c.row(),
                          c.column(),
                          c.size(),
                          c.buffer(),
                          c.accumulator(),
                          c.source());
                    }
                  });
        }
        case Command.Activate c -> {
          ActivationTable table = ActivationTable.TABLES.get(c.function());
          c.channels().stream()
              .forEach(
                  channel -> {
                    for (int bank = 0; bank < device.banks(); bank++) {
                      activated[channel][bank] =
                          table.apply(accumulators[channel][at(c.accumulator(), bank)]);
                    }
                  });
        }
        case Command.MultiplyElements c ->
            c.channels().stream().forEach(channel -> multiplyElements(channel, c));
        case Command.AddSlots c -> {
          for (int i = 0; i < c.size() * Device.LANES; i++) {
            int at = c.slot() * Device.LANES + i;
            slots[at] =
                Bf16.round(
                    Bf16.widen(slots[at]) + Bf16.widen(slots[c.addend() * Device.LANES + i]));
          }
        }
        case Command.WriteBank c ->
            c.channels().stream()
                .forEach(
                    channel ->
                        write(
                            channel,
                            c.bank(),
                            c.row(),
                            c.column(),
                            c.slot() + c.channels().place(channel)));
        case Command.ReadBank c ->
            c.channels().stream()
                .forEach(
                    channel ->
                        copy(
                            memory.row(channel, c.bank(), c.row()),
                            c.column(),
                            slots,
                            c.slot() + c.channels().place(channel),
                            1));
        case Command.WriteAcross c -> {
          int channel = c.channels().lowest();
          int element = c.column() * Device.LANES + c.lane();
          for (int bank = 0; bank < device.banks(); bank++) {
            memory.row(channel, bank, c.row())[element] = slots[c.slot() * Device.LANES + bank];
            memory.written().elements(channel, bank, c.row(), element, 1);
          }
        }
        case Command.WriteMemory c -> write(c.channel(), c.bank(), c.row(), c.column(), c.slot());
        case Command.ReadMemory c ->
            copy(memory.row(c.channel(), c.bank(), c.row()), c.column(), slots, c.slot(), 1);
        case Command.WriteSlot c -> {}
        case Command.ReadSlot c -> {}
        case Command.Configure c -> {}
        case Command.Sync c -> {}
        case Command.End c -> {}
      }
    }

    private int at(int accumulator, int bank) {
      return accumulator * device.banks() + bank;
    }

    /** The first element of a channel's slots. */
    private int slot(ChannelSet channels, int channel, int slot) {
      return (slot + channels.place(channel) * device.slotsPerChannel()) * Device.LANES;
    }

    private void read(float[] values, int from, int to) {
      for (int bank = 0; bank < device.banks(); bank++) {
        slots[to + bank] = Bf16.round(values[from + bank]);
      }
    }

    private void write(int channel, int bank, int row, int column, int slot) {
      copy(slots, slot, memory.row(channel, bank, row), column, 1);
      memory.written().columns(channel, bank, row, column, 1);
    }

    private void multiply(
        int channel,
        int bank,
        int row,
        int column,
        int size,
        int buffer,
        int accumulator,
        Source source) {
      boolean fromBuffer = source == Source.BUFFER;
      short[] weights = memory.row(channel, bank, row);
      short[] operand = fromBuffer ? buffers[channel] : memory.row(channel, bank + 1, row);
      int operandFrom = (fromBuffer ? buffer : column) * Device.LANES;
      float[] sums = accumulators[channel];
      int at = at(accumulator, bank);
      for (int i = 0; i < size * Device.LANES; i += Device.LANES) {
        sums[at] =
            Arithmetic.multiply(
                sums[at], weights, column * Device.LANES + i, operand, operandFrom + i);
      }
    }

    private void multiplyElements(int channel, Command.MultiplyElements c) {
      for (int bank = 0; bank < device.banks(); bank += 4) {
        short[] left = memory.row(channel, bank, c.row());
        short[] right = memory.row(channel, bank + 1, c.row());
        short[] result = memory.row(channel, bank + 2, c.row());
        int from = c.column() * Device.LANES;
        for (int i = from; i < from + c.size() * Device.LANES; i++) {
          result[i] = Bf16.round(Bf16.widen(left[i]) * Bf16.widen(right[i]));
        }
        memory.written().columns(channel, bank + 2, c.row(), c.column(), c.size());
      }
    }

    /** Copies columns. */
    private static void copy(short[] from, int column, short[] to, int toColumn, int count) {
      System.arraycopy(
          from, column * Device.LANES, to, toColumn * Device.LANES, count * Device.LANES);
    }
  }
}
