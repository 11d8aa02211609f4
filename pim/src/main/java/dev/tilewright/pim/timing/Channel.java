package dev.tilewright.pim.timing;

import static dev.tilewright.pim.timing.DramCommand.ACT;
import static dev.tilewright.pim.timing.DramCommand.ACT_ALL;
import static dev.tilewright.pim.timing.DramCommand.ACT_MEMORY;
import static dev.tilewright.pim.timing.DramCommand.PRE;
import static dev.tilewright.pim.timing.DramCommand.PRE_ALL;
import static dev.tilewright.pim.timing.DramCommand.PRE_MEMORY;
import static dev.tilewright.pim.timing.DramCommand.RD;
import static dev.tilewright.pim.timing.DramCommand.REF;
import static dev.tilewright.pim.timing.DramCommand.TMOD;
import static dev.tilewright.pim.timing.DramCommand.WR;

import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;
import java.util.Arrays;

/**
 * A channel's controller. Queued commands are issued as late as somebody asks: the next one when
 * its queue's place is needed, or when its result is. Cycle {@code c} of the controller follows the
 * host's cycle {@code c - 1}.
 */
final class Channel {
  private static final long NEVER = CommandQueue.NEVER;

  private final int number;
  private final boolean dual;
  private final boolean modes;
  private final int banks;
  private final int refreshInterval;
  private final int[] latency = new int[DramCommand.COUNT];
  private final Listener listener;
  private final Rows rows;
  private final Rows memoryRows;
  private final Earliest earliest;
  private final CommandBus bus;
  private final Lane pim;

  /** Where ordinary reads and writes wait: with PIM's commands if there is one order for all. */
  private final CommandQueue memory;

  final long[] counts = new long[DramCommand.COUNT];
  final long[] misses = new long[DramCommand.COUNT];

  /** Another host's ordinary reads and writes, or null, and how many of them came. */
  private final Traffic traffic;

  private long sent;

  private boolean registerMode;
  private long refresh;
  private long answered;
  private long written;

  Channel(
      int number,
      Device device,
      Rules rules,
      boolean refreshed,
      Traffic traffic,
      Listener listener) {
    this.number = number;
    this.traffic = traffic;
    this.listener = listener;
    dual = device.dualRowBuffer();
    modes = device.of(Parameter.MODE_SWITCH) > 0;
    banks = device.banks();
    refreshInterval = device.of(Parameter.REFRESH_INTERVAL);
    refresh = refreshed ? refreshInterval : NEVER;
    rows = new Rows(banks, false);
    memoryRows = dual ? new Rows(banks, true) : rows;
    earliest = new Earliest(device, rules);
    bus = new CommandBus(device);
    int capacity = device.of(Parameter.QUEUE);
    int overtake = device.of(Parameter.OVERTAKE);
    pim = new Lane(capacity, rows, earliest, bus);
    if (overtake > 0) {
      memory = new MemoryQueue(capacity, overtake, memoryRows, earliest, bus);
    } else {
      memory = dual ? new Lane(capacity, memoryRows, earliest, bus) : pim;
    }
    latencies(device);
  }

  /** Cycles from a command to its data or to the end of its write. */
  private void latencies(Device device) {
    int burst = device.of(Parameter.BURST);
    Arrays.fill(latency, 1);
    for (DramCommand command : DramCommand.values()) {
      latency[command.number()] =
          switch (command) {
            case RD -> device.of(Parameter.READ_LATENCY) + burst;
            case WR -> device.of(Parameter.WRITE_LATENCY) + burst;
            case RDMAC, RDAF -> device.of(Parameter.REGISTER_READ_LATENCY) + burst;
            case WRMAC -> device.of(Parameter.REGISTER_WRITE_LATENCY) + burst;
            case WRGB -> device.of(Parameter.BUFFER_WRITE_LATENCY) + burst;
            case WRA_ALL ->
                device.of(Parameter.WRITE_LATENCY) + burst + device.of(Parameter.PRECHARGE);
            case ACT, PRE, ACT_ALL, PRE_ALL, MAC, MAC_ALL, AF, EWMUL, RDCP, WRCP -> 1;
            case TMOD, REF, ACT_MEMORY, PRE_MEMORY -> 1;
          };
    }
  }

  /**
   * Takes a command from the host at cycle {@code now} or, if its queue is full or commands of the
   * other kind wait, as soon as it can; returns that cycle.
   *
   * @param continued whether it is a column behind the first that one command multiplies
   */
  long accept(long now, DramCommand command, int bank, int row, boolean continued) {
    boolean ordinary = command != null && command.memory();
    CommandQueue queue = ordinary ? memory : pim;
    long cycle = now;
    if (memory == pim) {
      cycle = Math.max(cycle, pim.memory() == ordinary ? 0 : drain(pim));
    } else if (ordinary && !dual) {
      cycle = Math.max(cycle, drain(pim));
    } else if (!ordinary && (!dual || (command == null && traffic == null))) {
      cycle = Math.max(cycle, drain(memory));
    }
    while (queue.isFull()) {
      issue(NEVER);
    }
    cycle = Math.max(cycle, queue.free());
    if (memory != pim) { // what goes first depends on when commands came
      pass(cycle);
    }
    queue.add(command, bank, row, continued, cycle);
    return cycle;
  }

  private long drain(CommandQueue queue) {
    while (!queue.isEmpty()) {
      issue(NEVER);
    }
    return queue.lastRemoved();
  }

  /** Issues what is queued for PIM; returns the cycle in which the host had the last answer. */
  long answered() {
    drain(pim);
    return answered;
  }

  /** Issues what happens by a cycle. */
  void pass(long limit) {
    while (issue(limit)) {}
  }

  /** Issues the next command if that happens by {@code limit}. */
  private boolean issue(long limit) {
    CommandQueue queue = next();
    while (traffic != null && !memory.isFull()) {
      long due = Math.max(traffic.due(sent), memory.free());
      if (due > limit || (queue != null && due >= queue.cycle())) {
        break;
      }
      Traffic.Request request = traffic.request(sent++);
      memory.add(request.write() ? WR : RD, request.bank(), request.row(), false, due);
      queue = next();
    }
    if (queue == null || queue.cycle() > limit) {
      return false;
    }
    long cycle = queue.cycle();
    if (cycle >= refresh) {
      refresh();
      return true;
    }
    DramCommand command = queue.command();
    if (command == null) {
      bus.sent(null, false, cycle);
      answered = Math.max(Math.max(cycle, answered) + 1, written + 1);
      queue.remove(cycle);
      return true;
    }
    boolean toRegisters = command.register();
    if (modes && toRegisters != registerMode && !(dual && command.memory())) {
      registerMode = toRegisters;
      record(TMOD, -1, -1, false, cycle);
      return true;
    }
    DramCommand step = queue.step();
    if (step == command) {
      finish(command, queue, cycle);
    } else {
      queue.miss();
      record(step, step.oneBank() ? queue.bank() : -1, queue.row(), false, cycle);
    }
    return true;
  }

  private void finish(DramCommand command, CommandQueue queue, long cycle) {
    if (queue.missed()) {
      misses[command.number()]++;
    }
    long end = cycle + latency[command.number()];
    boolean others = traffic != null && command.memory();
    if (!others && command.reads()) {
      answered = Math.max(end, answered + 1);
    } else if (!others) {
      written = Math.max(written, end);
    }
    int bank = command.oneBank() ? queue.bank() : -1;
    int row = queue.row();
    boolean continued = queue.continued();
    queue.remove(cycle);
    record(command, bank, row, continued, cycle);
  }

  /** The queue that can issue something first, with its choice; PIM before memory. */
  private CommandQueue next() {
    boolean none = pim.isEmpty();
    if (!none) {
      pim.choose(null);
    }
    if (memory == pim || memory.isEmpty()) {
      return none ? null : pim;
    }
    memory.choose(none ? null : held());
    return !none && pim.cycle() <= memory.cycle() ? pim : memory;
  }

  /**
   * What would keep the data bus from turning for PIM's next command: while others read column
   * after column, a write waits for ever.
   */
  private DramCommand held() {
    DramCommand next = pim.step();
    if (next == null || !dual || !next.bus()) {
      return null;
    }
    return next.reads() ? WR : RD;
  }

  private void refresh() {
    if (registerMode && modes) {
      registerMode = false;
      at(TMOD, -1);
    }
    if (dual) {
      for (int bank = 0; bank < banks; bank++) {
        if (!memoryRows.isClosed(bank)) {
          at(PRE_MEMORY, bank);
        }
      }
    }
    if (!rows.allClosed()) {
      at(PRE_ALL, -1);
    }
    at(REF, -1);
    refresh += refreshInterval;
  }

  private void at(DramCommand command, int bank) {
    long cycle = Math.max(bus.free(command, false), earliest.of(command, bank));
    record(command, bank, -1, false, Math.max(refresh, cycle));
  }

  private void record(DramCommand command, int bank, int row, boolean continued, long cycle) {
    bus.sent(command, continued, cycle);
    counts[command.number()]++;
    earliest.issued(command, bank, cycle);
    switch (command) {
      case ACT -> rows.open(bank, row);
      case PRE -> rows.close(bank);
      case ACT_ALL -> rows.openAll(row);
      case PRE_ALL, WRA_ALL -> rows.closeAll();
      case ACT_MEMORY -> memoryRows.open(bank, row);
      case PRE_MEMORY -> memoryRows.close(bank);
      case RD, WR, MAC, MAC_ALL, AF, EWMUL, RDCP, WRCP, WRGB, RDMAC, RDAF, WRMAC, TMOD, REF -> {}
    }
    if (command.row()) {
      memory.rowChanged(bank);
    }
    if (listener != null) {
      listener.issued(number, command, bank, row, cycle);
    }
  }
}
