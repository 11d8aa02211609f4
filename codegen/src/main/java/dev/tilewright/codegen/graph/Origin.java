package dev.tilewright.codegen.graph;

/**
 * The expression of the declaration that something comes from.
 *
 * @param file the source file's name, without folders
 * @param line counted from 1
 * @param column counted from 1
 * @param text the expression, on one line, shortened where long
 */
public record Origin(String file, int line, int column, String text) {
  /** Of what the compiler made up itself. */
  public static final Origin NONE = new Origin("", 0, 0, "");

  @Override
  public String toString() {
    return file.isEmpty() ? "-" : file + ":" + line + ":" + column;
  }
}
