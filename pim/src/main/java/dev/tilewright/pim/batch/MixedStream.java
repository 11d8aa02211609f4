package dev.tilewright.pim.batch;

import dev.tilewright.pim.command.ChannelSet;
import dev.tilewright.pim.command.Command;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;
import java.util.ArrayList;
import java.util.List;

/** Ordinary reads beside commands that multiply, as they meet in the channels of two users. */
final class MixedStream {
  private MixedStream() {}

  /**
   * Reads of whole rows by all channels from {@code firstRow} upwards: columns of two bank groups
   * in turn, which keeps the data bus busy between openings.
   */
  static List<Command> reads(Device device, int firstRow, int count) {
    List<Command> reads = new ArrayList<>();
    ChannelSet all = ChannelSet.first(device.channels());
    int groups = device.of(Parameter.GROUPS);
    int perGroup = device.of(Parameter.BANKS_PER_GROUP);
    int pairs = Math.max(1, groups / 2);
    for (int turn = 0; reads.size() < count; turn++) {
      int inGroup = turn / pairs % perGroup;
      int row = firstRow + turn / (pairs * perGroup);
      for (int column = 0; column < device.columns(); column++) {
        for (int g = 0; g < 2 && reads.size() < count; g++) {
          int bank = (turn % pairs * 2 + g) % groups * perGroup + inGroup;
          reads.add(new Command.ReadBank(all, bank, row, column, 0));
        }
      }
    }
    return reads;
  }

  /** The reads alone. */
  static CommandStream of(Device device, List<Command> reads) {
    List<Command> commands = new ArrayList<>(reads);
    commands.add(new Command.End());
    return new CommandStream(device.name(), List.of(), commands);
  }

  /**
   * A stream with reads between its commands, as many behind each as its share of the columns that
   * the stream moves and multiplies.
   */
  static CommandStream of(CommandStream stream, List<Command> reads) {
    double all = stream.commands().stream().mapToInt(MixedStream::columns).sum();
    List<Command> mixed = new ArrayList<>();
    double passed = 0;
    int next = 0;
    for (Command command : stream.commands()) {
      if (command instanceof Command.End) {
        mixed.addAll(reads.subList(next, reads.size()));
      }
      mixed.add(command);
      passed += columns(command);
      int until = (int) Math.min(reads.size(), passed / all * reads.size());
      if (!(command instanceof Command.End)) {
        mixed.addAll(reads.subList(next, until));
        next = until;
      }
    }
    return new CommandStream(stream.device(), stream.bindings(), mixed);
  }

  private static int columns(Command command) {
    return switch (command) {
      case Command.MultiplyAll c -> c.size();
      case Command.WriteBuffer c -> c.size();
      default -> 1;
    };
  }
}
