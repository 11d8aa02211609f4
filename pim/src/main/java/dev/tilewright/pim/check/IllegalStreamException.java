package dev.tilewright.pim.check;

import dev.tilewright.pim.command.Command;
import dev.tilewright.pim.command.StreamText;

/** A stream may not run; the message names the command, its place and the reason. */
public final class IllegalStreamException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;
  private final int index;

  IllegalStreamException(int index, Command command, String reason) {
    super("command %d, %s: %s".formatted(index, StreamText.print(command), reason));
    this.index = index;
  }

  IllegalStreamException(String reason) {
    super(reason);
    this.index = -1;
  }

  /** The command's place in the stream, or -1 if the stream as a whole is illegal. */
  public int index() {
    return index;
  }
}
