package dev.tilewright.codegen.graph;

import dev.tilewright.On;
import java.util.Optional;

/**
 * The expression of the declaration that something comes from.
 *
 * @param file the source file's name, without folders
 * @param line counted from 1
 * @param column counted from 1
 * @param text the expression, on one line, shortened where long
 * @param on the unit that {@link On} demands for it
 */
public record Origin(String file, int line, int column, String text, Optional<On.Unit> on) {
  /** Of what the compiler made up itself. */
  public static final Origin NONE = new Origin("", 0, 0, "");

  /** An expression that any unit may compute. */
  public Origin(String file, int line, int column, String text) {
    this(file, line, column, text, Optional.empty());
  }

  /** The same expression with a demand. */
  public Origin on(Optional<On.Unit> unit) {
    return new Origin(file, line, column, text, unit);
  }

  @Override
  public String toString() {
    return file.isEmpty() ? "-" : file + ":" + line + ":" + column;
  }
}
