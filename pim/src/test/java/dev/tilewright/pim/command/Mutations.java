package dev.tilewright.pim.command;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Small damage to streams. */
public final class Mutations {
  private Mutations() {}

  /** The stream with a field changed, or a command gone, doubled, moved or replaced. */
  public static CommandStream mutate(CommandStream stream, SplittableRandom random) {
    List<Command> commands = new ArrayList<>(stream.commands());
    int at = random.nextInt(commands.size());
    int other = random.nextInt(commands.size());
    switch (random.nextInt(8)) {
      case 0 -> commands.remove(at);
      case 1 -> commands.add(other, commands.get(at));
      case 2 -> commands.add(other, commands.remove(at));
      default -> commands.set(at, change(commands.get(at), random));
    }
    return new CommandStream(stream.device(), stream.bindings(), commands);
  }

  private static Command change(Command command, SplittableRandom random) {
    Opcode opcode = Opcode.of(command);
    int[] values = Opcode.values(command).clone();
    if (values.length == 0) {
      return new Command.Sync();
    }
    int at = random.nextInt(values.length);
    int value = values[at];
    int changed =
        switch (random.nextInt(5)) {
          case 0 -> value + 1;
          case 1 -> value - 1;
          case 2 -> random.nextInt(130);
          case 3 -> random.nextInt();
          default -> value ^ 1 << random.nextInt(Integer.SIZE);
        };
    values[at] =
        switch (opcode.fields.get(at)) {
          case SOURCE -> changed & 1;
          case REGISTER -> Math.floorMod(changed, 3);
          default -> changed;
        };
    return opcode.make(values);
  }
}
