package dev.tilewright.pim.timing;

/** A channel's queue: commands leave in the order in which they came. */
final class Lane {
  private final int capacity;
  private final DramCommand[] command;
  private final int[] bank;
  private final int[] row;
  private final long[] accepted;
  private final long[] removed;
  private long added;
  private long done;
  private boolean memory;
  private boolean missed;
  private long lastRemoved;

  Lane(int capacity) {
    this.capacity = capacity;
    command = new DramCommand[capacity];
    bank = new int[capacity];
    row = new int[capacity];
    accepted = new long[capacity];
    removed = new long[capacity];
  }

  boolean isEmpty() {
    return added == done;
  }

  boolean isFull() {
    return added - done == capacity;
  }

  /** When the place that the next command takes became free. */
  long free() {
    return removed[(int) (added % capacity)];
  }

  /** When the last command left. */
  long lastRemoved() {
    return lastRemoved;
  }

  /** Whether the last command that came was of ordinary memory. */
  boolean memory() {
    return memory;
  }

  /**
   * @param next null for a command of the controller alone
   */
  void add(DramCommand next, int nextBank, int nextRow, long cycle) {
    int at = (int) (added++ % capacity);
    command[at] = next;
    bank[at] = nextBank;
    row[at] = nextRow;
    accepted[at] = cycle;
    memory = next != null && next.memory();
  }

  private int head() {
    return (int) (done % capacity);
  }

  DramCommand command() {
    return command[head()];
  }

  int bank() {
    return bank[head()];
  }

  int row() {
    return row[head()];
  }

  long accepted() {
    return accepted[head()];
  }

  /** The head found its row closed, or another open. */
  void miss() {
    missed = true;
  }

  boolean missed() {
    return missed;
  }

  void remove(long cycle) {
    missed = false;
    removed[head()] = cycle;
    lastRemoved = cycle;
    done++;
  }
}
