package dev.tilewright.pim.command;

import dev.tilewright.pim.device.Device;
import java.util.ArrayList;
import java.util.List;

/**
 * Gathers a stream for a device: gives slots to bindings, sets configuration registers when a
 * command needs another value, and ends the stream.
 */
public final class StreamBuilder {
  private final Device device;
  private final List<Binding> bindings = new ArrayList<>();
  private final List<Command> commands = new ArrayList<>();
  private Source source = Source.BUFFER;
  private int function;
  private int slots;

  public StreamBuilder(Device device) {
    this.device = device;
  }

  /** Slots for a tensor that the host provides; returns the first. */
  public int in(String name, int count) {
    return bind(name, Binding.Direction.IN, count);
  }

  /** Slots for a tensor that the host reads after the stream; returns the first. */
  public int out(String name, int count) {
    return bind(name, Binding.Direction.OUT, count);
  }

  private int bind(String name, Binding.Direction direction, int count) {
    bindings.add(new Binding(name, direction, slots, count));
    slots += count;
    return slots - count;
  }

  /** Appends a command, behind the register writes that it needs. */
  public StreamBuilder add(Command command) {
    switch (command) {
      case Command.MultiplyAll c -> source(c.source());
      case Command.MultiplyBank c -> source(c.source());
      case Command.Activate c -> {
        if (function != c.function()) {
          function = c.function();
          commands.add(new Command.Configure(Register.FUNCTION, function));
        }
      }
      default -> {}
    }
    commands.add(command);
    return this;
  }

  private void source(Source wanted) {
    if (source != wanted) {
      source = wanted;
      commands.add(new Command.Configure(Register.SOURCE, source.number()));
    }
  }

  /** The stream, with {@link Command.End} behind the commands. */
  public CommandStream end() {
    List<Command> all = new ArrayList<>(commands);
    all.add(new Command.End());
    return new CommandStream(device.name(), bindings, all);
  }
}
