package dev.tilewright.pim.timing;

import java.util.Arrays;

/**
 * Ordinary reads and writes that are served out of order. Whatever can go goes, a column of an open
 * row before a row that opens or closes, the oldest first of each kind:
 *
 * <ul>
 *   <li>a bank's oldest request of its open row; requests of one row so keep their order;
 *   <li>if a bank holds no row, the row of its oldest request opens, while others transfer;
 *   <li>if nobody waits for the row that a bank holds, it closes.
 * </ul>
 *
 * Once as many columns have passed the oldest request as may, no other column goes before it, and
 * its bank's row closes though others wait for it.
 */
final class MemoryQueue extends CommandQueue {
  private static final int NONE = -1;

  private final int overtake;
  private final Rows rows;
  private final Earliest earliest;
  private final CommandBus bus;
  private final DramCommand[] command;
  private final int[] bank;
  private final int[] row;
  private final long[] accepted;
  private final long[] age;
  private final boolean[] missed;
  private final Order all;
  private final Order ofBank;
  private final int[] unused;
  private int unusedCount;
  private long came;
  private int passed;

  /** By bank: the oldest request of the row that is open. */
  private final int[] hit;

  /** The banks that requests wait for, and where each stands among them. */
  private final int[] waiting;

  private final int[] place;
  private int waitingCount;

  private int chosen;
  private DramCommand step;
  private long cycle;
  private boolean column;

  MemoryQueue(int capacity, int overtake, Rows rows, Earliest earliest, CommandBus bus) {
    super(capacity);
    this.overtake = overtake;
    this.rows = rows;
    this.earliest = earliest;
    this.bus = bus;
    command = new DramCommand[capacity];
    bank = new int[capacity];
    row = new int[capacity];
    accepted = new long[capacity];
    age = new long[capacity];
    missed = new boolean[capacity];
    all = new Order(capacity, 1);
    ofBank = new Order(capacity, rows.banks());
    unused = new int[capacity];
    Arrays.setAll(unused, i -> i);
    unusedCount = capacity;
    hit = new int[rows.banks()];
    Arrays.fill(hit, NONE);
    waiting = new int[rows.banks()];
    place = new int[rows.banks()];
  }

  @Override
  void put(DramCommand next, int nextBank, int nextRow, boolean continued, long now) {
    int request = unused[--unusedCount];
    command[request] = next;
    bank[request] = nextBank;
    row[request] = nextRow;
    accepted[request] = now;
    age[request] = came++;
    missed[request] = false;
    if (ofBank.first(nextBank) == NONE) {
      place[nextBank] = waitingCount;
      waiting[waitingCount++] = nextBank;
    }
    all.add(0, request);
    ofBank.add(nextBank, request);
    if (hit[nextBank] == NONE && rows.isOpen(nextBank, nextRow)) {
      hit[nextBank] = request;
    }
  }

  @Override
  void take() {
    passed = chosen == all.first(0) ? 0 : passed + 1;
    int own = bank[chosen];
    hit[own] = sameRow(ofBank.after(chosen), row[chosen]);
    all.remove(0, chosen);
    ofBank.remove(own, chosen);
    if (ofBank.first(own) == NONE) {
      int last = waiting[--waitingCount];
      waiting[place[own]] = last;
      place[last] = place[own];
    }
    unused[unusedCount++] = chosen;
  }

  private int sameRow(int from, int wanted) {
    int request = from;
    while (request != NONE && row[request] != wanted) {
      request = ofBank.after(request);
    }
    return request;
  }

  @Override
  void rowChanged(int changed) {
    for (int i = 0; i < waitingCount; i++) {
      int own = waiting[i];
      if (changed < 0 || changed == own) {
        hit[own] = rows.isClosed(own) ? NONE : sameRow(ofBank.first(own), rows.of(own));
      }
    }
  }

  @Override
  void choose(DramCommand held) {
    chosen = NONE;
    cycle = NEVER;
    boolean last = passed >= overtake;
    int oldest = all.first(0);
    for (int i = 0; i < waitingCount; i++) {
      int own = waiting[i];
      int first = ofBank.first(own);
      int open = hit[own];
      if (open != NONE && command[open] != held && (!last || open == oldest)) {
        consider(open, command[open], true);
      }
      if (open == NONE || (last && first == oldest && open != oldest)) {
        consider(first, rows.step(command[first], own, row[first]), false);
      }
    }
  }

  private void consider(int request, DramCommand next, boolean transfers) {
    long at = Math.max(bus.free(next, false), accepted[request] + 1);
    at = Math.max(at, earliest.of(next, bank[request]));
    boolean better =
        chosen == NONE
            || at < cycle
            || (at == cycle && (transfers == column ? age[request] < age[chosen] : transfers));
    if (better) {
      chosen = request;
      step = next;
      cycle = at;
      column = transfers;
    }
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
    return command[chosen];
  }

  @Override
  boolean continued() {
    return false;
  }

  @Override
  int bank() {
    return bank[chosen];
  }

  @Override
  int row() {
    return row[chosen];
  }

  @Override
  void miss() {
    missed[chosen] = true;
  }

  @Override
  boolean missed() {
    return missed[chosen];
  }

  /** Requests in the order in which they came, in one list or in one each bank. */
  private static final class Order {
    private final int[] before;
    private final int[] after;
    private final int[] first;
    private final int[] last;

    Order(int requests, int lists) {
      before = new int[requests];
      after = new int[requests];
      first = new int[lists];
      last = new int[lists];
      Arrays.fill(first, NONE);
      Arrays.fill(last, NONE);
    }

    int first(int list) {
      return first[list];
    }

    int after(int request) {
      return after[request];
    }

    void add(int list, int request) {
      before[request] = last[list];
      after[request] = NONE;
      if (last[list] == NONE) {
        first[list] = request;
      } else {
        after[last[list]] = request;
      }
      last[list] = request;
    }

    void remove(int list, int request) {
      if (before[request] == NONE) {
        first[list] = after[request];
      } else {
        after[before[request]] = after[request];
      }
      if (after[request] == NONE) {
        last[list] = before[request];
      } else {
        before[after[request]] = before[request];
      }
    }
  }
}
