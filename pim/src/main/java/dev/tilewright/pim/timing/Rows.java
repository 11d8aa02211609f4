package dev.tilewright.pim.timing;

import java.util.Arrays;

/** Which row each bank's row buffer holds. */
final class Rows {
  private static final int CLOSED = -1;
  private static final int MIXED = -2;
  private final int[] open;
  private final boolean second;

  /** The row that all banks hold, or closed, or mixed: spares a look at each bank. */
  private int all = CLOSED;

  /**
   * @param second whether these are row buffers beside those of PIM
   */
  Rows(int banks, boolean second) {
    this.second = second;
    open = new int[banks];
    Arrays.fill(open, CLOSED);
  }

  int banks() {
    return open.length;
  }

  /** The row that a bank holds; it must hold one. */
  int of(int bank) {
    return open[bank];
  }

  /** What has to be issued so that a command can be: itself, or what opens or closes rows. */
  DramCommand step(DramCommand command, int bank, int row) {
    if (!command.needsRow()) {
      return command;
    }
    if (command.oneBank()) {
      if (isOpen(bank, row)) {
        return command;
      }
      if (isClosed(bank)) {
        return second ? DramCommand.ACT_MEMORY : DramCommand.ACT;
      }
      return second ? DramCommand.PRE_MEMORY : DramCommand.PRE;
    }
    if (allOpen(row)) {
      return command;
    }
    return anyOther(row) ? DramCommand.PRE_ALL : DramCommand.ACT_ALL;
  }

  void open(int bank, int row) {
    open[bank] = row;
    all = MIXED;
  }

  void close(int bank) {
    open[bank] = CLOSED;
    all = MIXED;
  }

  void openAll(int row) {
    Arrays.fill(open, row);
    all = row;
  }

  void closeAll() {
    Arrays.fill(open, CLOSED);
    all = CLOSED;
  }

  boolean isOpen(int bank, int row) {
    return open[bank] == row;
  }

  boolean isClosed(int bank) {
    return open[bank] == CLOSED;
  }

  boolean allClosed() {
    return all == CLOSED || (all == MIXED && allAre(CLOSED));
  }

  boolean allOpen(int row) {
    return all == row || (all == MIXED && allAre(row));
  }

  private boolean allAre(int row) {
    for (int other : open) {
      if (other != row) {
        return false;
      }
    }
    return true;
  }

  /** Whether a bank holds a row that is not {@code row}. */
  boolean anyOther(int row) {
    for (int other : open) {
      if (other != CLOSED && other != row) {
        return true;
      }
    }
    return false;
  }
}
