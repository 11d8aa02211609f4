package dev.tilewright.pim.timing;

/** A channel's queue from which commands leave in the order in which they came. */
final class Lane extends CommandQueue {
  private final Rows rows;
  private final Earliest earliest;
  private final CommandBus bus;
  private final DramCommand[] command;
  private final int[] bank;
  private final int[] row;
  private final boolean[] continued;
  private final long[] accepted;
  private int head;
  private int end;
  private boolean memory;
  private boolean missed;
  private DramCommand step;
  private long cycle;

  Lane(int capacity, Rows rows, Earliest earliest, CommandBus bus) {
    super(capacity);
    this.rows = rows;
    this.earliest = earliest;
    this.bus = bus;
    command = new DramCommand[capacity];
    bank = new int[capacity];
    row = new int[capacity];
    continued = new boolean[capacity];
    accepted = new long[capacity];
  }

  /** Whether the last command that came was of ordinary memory. */
  boolean memory() {
    return memory;
  }

  @Override
  void put(DramCommand next, int nextBank, int nextRow, boolean goesOn, long now) {
    command[end] = next;
    bank[end] = nextBank;
    row[end] = nextRow;
    continued[end] = goesOn;
    accepted[end] = now;
    memory = next != null && next.memory();
    end = after(end);
  }

  private int after(int place) {
    return place + 1 == command.length ? 0 : place + 1;
  }

  @Override
  void take() {
    missed = false;
    head = after(head);
  }

  @Override
  void choose(DramCommand held) {
    DramCommand next = command[head];
    step = next == null ? null : rows.step(next, bank[head], row[head]);
    cycle = Math.max(bus.free(step, continued()), accepted[head] + 1);
    if (step != null) {
      cycle = step == held ? NEVER : Math.max(cycle, earliest.of(step, bank[head]));
    }
  }

  /** A row that was closed in between takes a bus. */
  @Override
  boolean continued() {
    return continued[head] && step == command[head];
  }

  @Override
  long cycle() {
    return cycle;
  }

  @Override
  DramCommand step() {
    return step;
  }

  @Override
  DramCommand command() {
    return command[head];
  }

  @Override
  int bank() {
    return bank[head];
  }

  @Override
  int row() {
    return row[head];
  }

  @Override
  void miss() {
    missed = true;
  }

  @Override
  boolean missed() {
    return missed;
  }

  @Override
  void rowChanged(int changed) {}
}
