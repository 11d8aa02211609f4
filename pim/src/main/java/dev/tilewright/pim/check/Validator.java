package dev.tilewright.pim.check;

import dev.tilewright.pim.command.Binding;
import dev.tilewright.pim.command.Command;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.compute.Written;
import dev.tilewright.pim.device.Device;
import java.util.BitSet;
import java.util.List;

/**
 * Proves of a stream that every field lies within the device and the bindings, that everything read
 * was written before, that no command uses a bank or a slot in two ways at once, that configuration
 * registers agree with the commands, and that nothing depends on when data arrive: what {@link
 * Command.ReadMemory} and {@link Command.ReadBank} fetch may be used after the next {@link
 * Command.Sync}, and with two row buffers memory and PIM commands may meet in a row only if both
 * read or a Sync is between them.
 */
public final class Validator {
  private final Device device;

  public Validator(Device device) {
    this.device = device;
  }

  /**
   * Checks a stream that begins with {@code written} in the banks, which stays as it is.
   *
   * @throws IllegalStreamException at the first command that is illegal
   */
  public void check(CommandStream stream, Written written) {
    if (!stream.device().equals(device.name())) {
      throw new IllegalStreamException(
          "the stream is for device %s, not for %s".formatted(stream.device(), device.name()));
    }
    checkBindings(stream);
    List<Command> commands = stream.commands();
    if (commands.isEmpty() || !(commands.getLast() instanceof Command.End)) {
      throw new IllegalStreamException("the stream does not end with EOC; append Command.End");
    }
    StreamState state = new StreamState(device, stream.bindings(), new Written(written));
    for (int i = 0; i < commands.size(); i++) {
      if (!state.accept(commands.get(i))) {
        throw new IllegalStreamException(i, commands.get(i), state.reason());
      }
      if (commands.get(i) instanceof Command.End && i < commands.size() - 1) {
        throw new IllegalStreamException(i, commands.get(i), "commands follow the end");
      }
    }
    for (Binding binding : stream.bindings()) {
      int missing = state.firstEmpty(binding.slot());
      if (missing < binding.slot() + binding.slots()) {
        throw new IllegalStreamException(
            "output '%s' has no data in slot %d at the end".formatted(binding.name(), missing));
      }
    }
  }

  private static void checkBindings(CommandStream stream) {
    BitSet taken = new BitSet();
    for (Binding binding : stream.bindings()) {
      int shared = taken.nextSetBit(binding.slot());
      if (shared >= 0 && shared < binding.slot() + binding.slots()) {
        throw new IllegalStreamException(
            "binding '%s' shares slot %d with another".formatted(binding.name(), shared));
      }
      if (binding.slot() + binding.slots() > StreamState.MOST_SLOTS) {
        throw new IllegalStreamException(
            "binding '%s' ends behind slot %d, the last that staging memory may have"
                .formatted(binding.name(), StreamState.MOST_SLOTS - 1));
      }
      taken.set(binding.slot(), binding.slot() + binding.slots());
    }
  }
}
