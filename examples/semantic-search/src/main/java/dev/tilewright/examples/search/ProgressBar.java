package dev.tilewright.examples.search;

import java.io.Console;
import java.io.PrintStream;

/** A line that fills up on a terminal; on anything else, one line at the end. */
final class ProgressBar {
  private static final int WIDTH = 30;

  private final PrintStream out;
  private final String what;
  private final int total;
  private final boolean terminal;

  ProgressBar(PrintStream out, String what, int total) {
    this.out = out;
    this.what = what;
    this.total = total;
    this.terminal = isTerminal();
  }

  /** Whether a person reads and writes here, and no file or pipe. */
  @SuppressWarnings(
      "SystemConsoleNull") // which of the two a JDK gives for a pipe depends on its release
  static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  void show(int done) {
    if (terminal) {
      int filled = (int) ((long) WIDTH * done / total);
      out.printf(
          "\r%s [%s%s] %d/%d", what, "#".repeat(filled), " ".repeat(WIDTH - filled), done, total);
      if (done == total) {
        out.println();
      }
    } else if (done == total) {
      out.printf("%s: %d%n", what, total);
    }
    out.flush();
  }
}
