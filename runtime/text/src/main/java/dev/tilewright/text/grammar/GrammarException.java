package dev.tilewright.text.grammar;

/** A grammar or a schema is wrong, or cannot be kept. */
public final class GrammarException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int line;
  private final int column;

  GrammarException(Position at, String message) {
    super("%s (line %d, column %d)".formatted(message, at.line(), at.column()));
    line = at.line();
    column = at.column();
  }

  GrammarException(String message) {
    super(message);
    line = 0;
    column = 0;
  }

  /** The line of the grammar or schema, from 1; 0 if the fault is not in its text. */
  public int line() {
    return line;
  }

  /** The column, in characters from 1; 0 if the fault is not in its text. */
  public int column() {
    return column;
  }
}
