package dev.tilewright.pim.map;

import dev.tilewright.pim.check.Validator;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.compute.FunctionalSimulator;
import dev.tilewright.pim.compute.Memory;
import dev.tilewright.pim.device.Device;

/** The functional simulator behind the validator. */
public final class CheckedBanks implements StreamRunner, ColumnWriter {
  private final Memory memory;
  private final Validator validator;
  private final FunctionalSimulator simulator;

  public CheckedBanks(Device device) {
    memory = new Memory(device);
    validator = new Validator(device);
    simulator = new FunctionalSimulator(device, memory);
  }

  @Override
  public void write(int channel, int bank, int row, int column, short[] values) {
    memory.load(channel, bank, row, column, values);
  }

  @Override
  public void run(CommandStream stream, short[] staging) {
    validator.check(stream, memory.written());
    simulator.run(stream, staging);
  }
}
