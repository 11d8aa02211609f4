package dev.tilewright.pim.command;

/**
 * The public trace form cannot say what a command does: a trace of it would be of other rows or of
 * another number of commands. The message names the command, its place and the reason.
 */
public final class UnfaithfulTraceException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  UnfaithfulTraceException(int index, Command command, String reason) {
    super("command %d, %s: %s".formatted(index, StreamText.print(command), reason));
  }

  UnfaithfulTraceException(String reason) {
    super(reason);
  }
}
