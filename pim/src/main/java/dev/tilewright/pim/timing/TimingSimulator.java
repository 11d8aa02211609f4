package dev.tilewright.pim.timing;

import dev.tilewright.pim.command.ChannelSet;
import dev.tilewright.pim.command.Command;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;
import java.util.List;

/**
 * Tells when a stream's commands happen. The host fetches and decodes one command a cycle, splits
 * it into a command a column for each channel, and waits while a queue is full and until the
 * channels have answered what it reads; each channel issues one command a cycle, in order.
 */
public final class TimingSimulator {
  /** Activation functions open this row and those behind it. */
  private static final int FUNCTION_ROW = 1 << 29;

  private final Device device;
  private final boolean refreshed;
  private final Listener listener;

  /** A simulator without refresh. */
  public TimingSimulator(Device device) {
    this(device, false, null);
  }

  /**
   * @param refreshed whether all banks are refreshed every tREFI
   * @param listener hears every command, or null
   */
  public TimingSimulator(Device device, boolean refreshed, Listener listener) {
    this.device = device;
    this.refreshed = refreshed;
    this.listener = listener;
  }

  /** Runs a stream that the validator accepts, from closed rows and idle channels. */
  public TimingReport run(CommandStream stream) {
    return run(stream, null);
  }

  /**
   * Runs a stream while another host reads and writes; the report counts what that host got until
   * the stream's end.
   *
   * @param traffic the other host's, or null
   */
  public TimingReport run(CommandStream stream, Traffic traffic) {
    if (traffic != null && !device.dualRowBuffer()) {
      throw new IllegalArgumentException(
          "the device '%s' has one row buffer a bank, which two hosts cannot share"
              .formatted(device.name()));
    }
    Run run = new Run(traffic);
    List<Command> commands = stream.commands();
    long[] decoded = new long[commands.size()];
    for (int i = 0; i < decoded.length; i++) {
      decoded[i] = run.now;
      run.decode(commands.get(i));
    }
    for (Channel channel : run.channels) {
      channel.pass(traffic == null ? -1 : run.now);
    }
    return new TimingReport(device, run.now, run.stalled, decoded, run.channels);
  }

  private final class Run {
    private final Channel[] channels = new Channel[device.channels()];
    private final ChannelSet all = ChannelSet.first(device.channels());
    private long now;
    private long stalled;

    Run(Traffic traffic) {
      Rules rules = new Rules(device);
      for (int i = 0; i < channels.length; i++) {
        channels[i] = new Channel(i, device, rules, refreshed, traffic, listener);
      }
    }

    void decode(Command command) {
      switch (command) {
        case Command.WriteBuffer c -> send(c.channels(), DramCommand.WRGB, -1, -1, c.size());
        case Command.CopyToBuffer c ->
            send(c.channels(), DramCommand.RDCP, c.bank(), c.row(), c.size());
        case Command.CopyFromBuffer c ->
            send(c.channels(), DramCommand.WRCP, c.bank(), c.row(), c.size());
        case Command.WriteBias c ->
            send(c.channels(), DramCommand.WRMAC, -1, -1, device.slotsPerChannel());
        case Command.ReadAccumulators c -> {
          long start = send(c.channels(), DramCommand.RDMAC, -1, -1, device.slotsPerChannel());
          await(c.channels(), start);
        }
        case Command.ReadActivated c -> {
          long start = send(c.channels(), DramCommand.RDAF, -1, -1, device.slotsPerChannel());
          await(c.channels(), start);
        }
        case Command.MultiplyBank c ->
            send(c.channels(), DramCommand.MAC, c.bank(), c.row(), c.size());
        case Command.MultiplyAll c ->
            send(c.channels(), DramCommand.MAC_ALL, -1, c.row(), c.size());
        case Command.Activate c ->
            send(c.channels(), DramCommand.AF, -1, FUNCTION_ROW + c.function(), 1);
        case Command.MultiplyElements c ->
            send(c.channels(), DramCommand.EWMUL, -1, c.row(), c.size());
        case Command.WriteBank c -> send(c.channels(), DramCommand.WR, c.bank(), c.row(), 1);
        case Command.ReadBank c -> send(c.channels(), DramCommand.RD, c.bank(), c.row(), 1);
        case Command.WriteAcross c -> send(c.channels(), DramCommand.WRA_ALL, -1, c.row(), 1);
        case Command.WriteMemory c ->
            send(ChannelSet.of(c.channel()), DramCommand.WR, c.bank(), c.row(), 1);
        case Command.ReadMemory c ->
            send(ChannelSet.of(c.channel()), DramCommand.RD, c.bank(), c.row(), 1);
        case Command.AddSlots c -> now++;
        case Command.WriteSlot c -> now++;
        case Command.ReadSlot c -> now++;
        case Command.Configure c -> now++;
        case Command.Sync c -> await(all, send(all, null, -1, -1, 1));
        case Command.End c -> await(all, send(all, null, -1, -1, 1));
      }
    }

    /** Sends a command to channels; the host goes on when the last is queued. Returns the start. */
    private long send(ChannelSet set, DramCommand command, int bank, int row, int count) {
      long start = now;
      long end = now;
      int composite = command == DramCommand.MAC_ALL ? device.of(Parameter.COMPOSITE) : 1;
      for (int bits = set.bits(); bits != 0; bits &= bits - 1) {
        Channel channel = channels[Integer.numberOfTrailingZeros(bits)];
        long cycle = start;
        for (int i = 0; i < count; i++) {
          cycle = channel.accept(cycle, command, bank, row, i % composite != 0);
        }
        end = Math.max(end, cycle);
      }
      now = end + 1;
      stalled += end - start;
      return start;
    }

    /** The host waits for the channels' answers. */
    private void await(ChannelSet set, long start) {
      long end = start + 1;
      for (int bits = set.bits(); bits != 0; bits &= bits - 1) {
        end = Math.max(end, channels[Integer.numberOfTrailingZeros(bits)].answered());
      }
      stalled += end - now;
      now = end;
    }
  }
}
