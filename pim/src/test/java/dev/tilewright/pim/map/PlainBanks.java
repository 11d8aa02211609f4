package dev.tilewright.pim.map;

import dev.tilewright.pim.command.Binding;
import dev.tilewright.pim.command.ChannelSet;
import dev.tilewright.pim.command.Command;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.device.Device;
import java.util.HashMap;
import java.util.Map;

/**
 * Banks as a map from places to columns, and the commands that mapped streams use, one after the
 * other. What was never written cannot be read, and nothing may leave its row or buffer.
 */
public final class PlainBanks implements StreamRunner, ColumnWriter {
  private record Place(int channel, int bank, int row, int column) {}

  private record Point(int channel, int index) {}

  private final Device device;
  private final Map<Place, short[]> columns = new HashMap<>();
  private final Map<Point, short[]> buffers = new HashMap<>();
  private final Map<Place, Float> accumulators = new HashMap<>();
  private short[] staging;
  private boolean[] written;

  public PlainBanks(Device device) {
    this.device = device;
  }

  @Override
  public void write(int channel, int bank, int row, int column, short[] values) {
    check(channel < device.channels() && bank < device.banks());
    check(row < device.rows() && column < device.columns());
    columns.put(new Place(channel, bank, row, column), values.clone());
  }

  @Override
  public void run(CommandStream stream, short[] slots) {
    check(stream.device().equals(device.name()) && slots.length == 16 * stream.slots());
    staging = slots;
    written = new boolean[stream.slots()];
    for (Binding binding : stream.bindings()) {
      for (int i = 0; i < binding.slots(); i++) {
        written[binding.slot() + i] = binding.direction() == Binding.Direction.IN;
      }
    }
    stream.commands().forEach(this::run);
  }

  private void run(Command command) {
    switch (command) {
      case Command.WriteBuffer(ChannelSet channels, int size, int buffer, int slot) -> {
        check(buffer + size <= device.bufferColumns());
        channels.stream()
            .forEach(
                c -> {
                  for (int i = 0; i < size; i++) {
                    buffers.put(new Point(c, buffer + i), slot(slot + i).clone());
                  }
                });
      }
      case Command.WriteBias(ChannelSet channels, int accumulator, int slot) ->
          eachBank(
              channels,
              (c, b, place) ->
                  accumulators.put(
                      new Place(c, b, accumulator, 0),
                      PlainArithmetic.widen(slot(slot + place / 16)[place % 16])));
      case Command.MultiplyAll m -> {
        check(m.column() + m.size() <= device.columns() && m.accumulator() < device.accumulators());
        eachBank(
            m.channels(),
            (c, b, place) -> {
              Place accumulator = new Place(c, b, m.accumulator(), 0);
              float sum = accumulators.get(accumulator);
              for (int i = 0; i < m.size(); i++) {
                short[] weights = columns.get(new Place(c, b, m.row(), m.column() + i));
                short[] vector = buffers.get(new Point(c, m.buffer() + i));
                check(weights != null && vector != null);
                sum += PlainArithmetic.tree(weights, vector);
              }
              accumulators.put(accumulator, sum);
            });
      }
      case Command.ReadAccumulators(ChannelSet channels, int accumulator, int slot) ->
          eachBank(
              channels,
              (c, b, place) -> {
                float value = accumulators.get(new Place(c, b, accumulator, 0));
                staging[slot * 16 + place] = PlainArithmetic.narrow(value);
                written[slot + place / 16] = true;
              });
      case Command.WriteBank(ChannelSet channels, int bank, int row, int column, int slot) ->
          channels.stream()
              .forEach(c -> write(c, bank, row, column, slot(slot + channels.place(c))));
      case Command.WriteAcross(ChannelSet channels, int row, int column, int lane, int slot) -> {
        check(channels.count() == 1);
        eachBank(
            channels,
            (c, b, place) -> {
              short[] target = columns.get(new Place(c, b, row, column));
              check(target != null);
              target[lane] = slot(slot + place / 16)[place % 16];
            });
      }
      case Command.ReadMemory(int channel, int bank, int row, int column, int slot) -> {
        short[] values = columns.get(new Place(channel, bank, row, column));
        check(values != null);
        System.arraycopy(values, 0, staging, 16 * slot, 16);
        written[slot] = true;
      }
      case Command.End() -> {}
      default -> throw new AssertionError("mapped streams have no " + command);
    }
  }

  private interface BankAction {
    void at(int channel, int bank, int place);
  }

  private void eachBank(ChannelSet channels, BankAction action) {
    channels.stream()
        .forEach(
            c -> {
              int first = channels.place(c) * device.slotsPerChannel() * 16;
              for (int b = 0; b < device.banks(); b++) {
                action.at(c, b, first + b);
              }
            });
  }

  private short[] slot(int slot) {
    check(written[slot]);
    return java.util.Arrays.copyOfRange(staging, 16 * slot, 16 * slot + 16);
  }

  private static void check(boolean legal) {
    if (!legal) {
      throw new AssertionError("an illegal access");
    }
  }
}
