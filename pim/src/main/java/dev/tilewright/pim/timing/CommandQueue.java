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
   * @param continued whether it is a column behind the first that one command multiplies
   */
  final void add(DramCommand command, int bank, int row, boolean continued, long cycle) {
    put(command, bank, row, continued, cycle);
    added++;
  }

  /** The chosen command is done. */
  final void remove(long cycle) {
    take();
    removed[(int) (done++ % capacity)] = cycle;
    lastRemoved = cycle;
  }

  abstract void put(DramCommand command, int bank, int row, boolean continued, long cycle);

  abstract void take();

  /** The cycle of a choice of nothing. */
  static final long NEVER = Long.MAX_VALUE;

  /**
   * Chooses what goes next, as soon as it can. What follows tells of the choice.
   *
   * @param held a command that may not go, or null: the data bus is to turn
   */
  abstract void choose(DramCommand held);

  /** When it can go, or its row can be opened or closed; never, if nothing may. */
  abstract long cycle();

  /** What goes then: the command, or what opens or closes its row. */
  abstract DramCommand step();

  abstract DramCommand command();

  /** Whether it needs no bus: it goes on with a command that multiplies several columns. */
  abstract boolean continued();

  abstract int bank();

  abstract int row();

  /** The chosen command found its row closed, or another open. */
  abstract void miss();

  abstract boolean missed();

  /** The row buffer of a bank, or of all if -1, holds something else. */
  abstract void rowChanged(int bank);
}
