package dev.tilewright.pim.command;

import java.util.List;

/**
 * Commands for one device in the order in which the host gives them.
 *
 * @param device the name of the device it is for
 * @param bindings where the host's tensors lie in the staging memory
 * @param commands ends with {@link Command.End}
 */
public record CommandStream(String device, List<Binding> bindings, List<Command> commands) {
  public CommandStream {
    bindings = List.copyOf(bindings);
    commands = List.copyOf(commands);
  }

  /** Slots of the host's staging memory that the bindings take. */
  public int slots() {
    return bindings.stream().mapToInt(b -> b.slot() + b.slots()).max().orElse(0);
  }

  /**
   * The binding of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Binding binding(String name) {
    return bindings.stream()
        .filter(b -> b.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the stream binds no '%s'; it binds %s"
                        .formatted(name, bindings.stream().map(Binding::name).toList())));
  }
}
