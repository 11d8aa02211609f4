package dev.tilewright.pim.timing;

/** Hears of every command that a channel's controller issues. */
@FunctionalInterface
public interface Listener {
  /**
   * @param bank -1 of a command for all banks
   * @param row -1 of a command that needs none
   * @param cycle ascending within a channel
   */
  void issued(int channel, DramCommand command, int bank, int row, long cycle);
}
