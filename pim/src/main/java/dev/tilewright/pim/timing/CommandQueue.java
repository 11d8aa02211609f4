package dev.tilewright.pim.timing;

/** Commands that wait in a channel, and which of them goes next. */
abstract class CommandQueue {
  private final int capacity;
  private final long[] removed;
  private long added;
  private long done;
  private long lastRemoved;

  CommandQueue(int capacity) {
    this.capacity = capacity;
    removed = new long[capacity];
  }

  final boolean isEmpty() {
    return added == done;
  }

  final boolean isFull() {
    return added - done == capacity;
  }

  /** When the place that the next command takes became free. */
  final long free() {
    return removed[(int) (added % capacity)];
  }

  /** When the last command left. */
  final long lastRemoved() {
    return lastRemoved;
  }

  /**
   * @param command null for a command of the controller alone
   */
  final void add(DramCommand command, int bank, int row, long cycle) {
    put(command, bank, row, cycle);
    added++;
  }

  /** The chosen command is done. */
  final void remove(long cycle) {
    take();
    removed[(int) (done++ % capacity)] = cycle;
    lastRemoved = cycle;
  }

  abstract void put(DramCommand command, int bank, int row, long cycle);

  abstract void take();

  /**
   * Chooses what goes next. What follows tells of the choice.
   *
   * @param from the first cycle in which the channel may issue something
   */
  abstract void choose(long from);

  /** When it can go, or its row can be opened or closed. */
  abstract long cycle();

  /** What goes then: the command, or what opens or closes its row. */
  abstract DramCommand step();

  abstract DramCommand command();

  abstract int bank();

  abstract int row();

  /** The chosen command found its row closed, or another open. */
  abstract void miss();

  abstract boolean missed();

  /** The row buffer of a bank, or of all if -1, holds something else. */
  abstract void rowChanged(int bank);
}
