package dev.tilewright.bench.report;

import java.io.PrintStream;

/** A bar below the table while it grows, on a terminal only. */
public final class Progress {
  private static final int WIDTH = 30;
  private static final String ERASE = "\r\u001b[K";

  private final PrintStream out;
  private final int total;
  private final long start = System.nanoTime();
  private final boolean terminal;
  private int done;

  @SuppressWarnings("SystemConsoleNull") // which of the two a JDK gives depends on its release
  public Progress(PrintStream out, int total) {
    this.out = out;
    this.total = total;
    this.terminal = System.console() != null && System.console().isTerminal();
  }

  /** Prints a line that stays. */
  public void println(String line) {
    erase();
    out.println(line);
  }

  /** Says what is being measured. */
  public void show(String what) {
    if (terminal) {
      int filled = WIDTH * done / Math.max(1, total);
      long elapsed = (System.nanoTime() - start) / 1_000_000_000;
      out.printf(
          "%s[%s%s] %d/%d  %d s  %s",
          ERASE, "#".repeat(filled), " ".repeat(WIDTH - filled), done, total, elapsed, what);
      out.flush();
    }
  }

  /** One more is done. */
  public void step() {
    done++;
    if (done == total) {
      erase();
    }
  }

  private void erase() {
    if (terminal) {
      out.print(ERASE);
      out.flush();
    }
  }
}
