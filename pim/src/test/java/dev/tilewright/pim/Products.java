package dev.tilewright.pim;

import dev.tilewright.pim.command.ChannelSet;
import dev.tilewright.pim.command.Command;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.command.Source;
import dev.tilewright.pim.command.StreamBuilder;
import dev.tilewright.pim.device.Device;

/** Streams of matrix-vector products. */
public final class Products {
  private Products() {}

  /**
   * {@code y = W x} for W of rows x columns, a chunk of the columns after the other, one
   * accumulator: between chunks the partial sums wait in the host's slots.
   */
  public static CommandStream gemv(Device device, int outputs, int inputs) {
    ChannelSet all = ChannelSet.first(device.channels());
    int chunks = inputs / device.rowElements();
    int chunkColumns = Math.min(inputs, device.rowElements()) / Device.LANES;
    chunks = Math.max(chunks, 1);
    int groups = outputs / (device.channels() * device.banks());
    int slots = device.channels() * device.slotsPerChannel();
    StreamBuilder stream = new StreamBuilder(device);
    int x = stream.in("x", chunks * chunkColumns);
    int zero = stream.in("zero", slots);
    int y = stream.out("y", groups * slots);
    for (int chunk = 0; chunk < chunks; chunk++) {
      stream.add(new Command.WriteBuffer(all, chunkColumns, 0, x + chunk * chunkColumns));
      for (int group = 0; group < groups; group++) {
        int sums = y + group * slots;
        int row = chunk * groups + group;
        stream.add(new Command.WriteBias(all, 0, chunk == 0 ? zero : sums));
        stream.add(new Command.MultiplyAll(all, row, 0, chunkColumns, 0, 0, Source.BUFFER));
        stream.add(new Command.ReadAccumulators(all, 0, sums));
      }
    }
    return stream.end();
  }
}
