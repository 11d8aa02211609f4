package dev.tilewright.pim.command;

/** A text is no command stream; the message begins with line and column. */
public final class StreamTextException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;
  private final int line;
  private final int column;

  StreamTextException(int line, int column, String message) {
    super("line %d, column %d: %s".formatted(line, column, message));
    this.line = line;
    this.column = column;
  }

  /** From 1. */
  public int line() {
    return line;
  }

  /** From 1. */
  public int column() {
    return column;
  }
}
