package dev.tilewright.pim.timing;

import static dev.tilewright.pim.timing.DramCommand.ACT;
import static dev.tilewright.pim.timing.DramCommand.ACT_ALL;
import static dev.tilewright.pim.timing.DramCommand.ACT_MEMORY;
import static dev.tilewright.pim.timing.DramCommand.PRE;
import static dev.tilewright.pim.timing.DramCommand.PRE_ALL;
import static dev.tilewright.pim.timing.DramCommand.PRE_MEMORY;
import static dev.tilewright.pim.timing.DramCommand.REF;
import static dev.tilewright.pim.timing.DramCommand.TMOD;

import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;
import java.util.Arrays;

/**
 * A channel's controller. Queued commands are issued as late as somebody asks: the next one when
 * its queue's place is needed, or when its result is. Cycle {@code c} of the controller follows the
 * host's cycle {@code c - 1}.
 */
final class Channel {
  private static final long NEVER = Long.MAX_VALUE;
  private static final long LONG_AGO = -1_000_000_000;

  private final int number;
  private final Rules rules;
  private final boolean dual;
  private final boolean modes;
  private final int banksPerGroup;
  private final int refreshInterval;
  private final int[] latency = new int[DramCommand.COUNT];
  private final Listener listener;
  private final Lane[] lanes;
  private final Rows rows;
  private final Rows memoryRows;
  private final long[] last;
  private final long[][] lastInGroup;
  private final long[][] lastInBank;
  final long[] counts = new long[DramCommand.COUNT];
  final long[] misses = new long[DramCommand.COUNT];

  private boolean registerMode;
  private long lastIssue;
  private long refresh;
  private long answered;
  private long written;

  Channel(int number, Device device, Rules rules, boolean refreshed, Listener listener) {
    this.number = number;
    this.rules = rules;
    this.listener = listener;
    dual = device.dualRowBuffer();
    modes = device.of(Parameter.MODE_SWITCH) > 0;
    banksPerGroup = device.of(Parameter.BANKS_PER_GROUP);
    refreshInterval = device.of(Parameter.REFRESH_INTERVAL);
    refresh = refreshed ? refreshInterval : NEVER;
    lanes = new Lane[dual ? 2 : 1];
    Arrays.setAll(lanes, i -> new Lane(device.of(Parameter.QUEUE)));
    rows = new Rows(device.banks());
    memoryRows = dual ? new Rows(device.banks()) : rows;
    last = past();
    lastInGroup = new long[device.of(Parameter.GROUPS)][];
    Arrays.setAll(lastInGroup, i -> past());
    lastInBank = new long[device.banks()][];
    Arrays.setAll(lastInBank, i -> past());
    latencies(device);
  }

  private static long[] past() {
    long[] past = new long[DramCommand.COUNT];
    Arrays.fill(past, LONG_AGO);
    return past;
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
   * Takes a command from the host at cycle {@code now} or, if its queue is full or holds commands
   * of the other kind, as soon as it can; returns that cycle.
   */
  long accept(long now, DramCommand command, int bank, int row) {
    boolean memory = command != null && command.memory();
    Lane lane = lanes[dual && memory ? 1 : 0];
    while (lane.isFull()) {
      issue(NEVER);
    }
    long cycle = Math.max(now, lane.free());
    if (dual) {
      if (command == null) {
        cycle = Math.max(cycle, drain(lanes[1]));
      }
      while (issue(cycle)) {}
    } else if (lane.memory() != memory) {
      cycle = Math.max(cycle, drain(lane));
    }
    lane.add(command, bank, row, cycle);
    return cycle;
  }

  private long drain(Lane lane) {
    while (!lane.isEmpty()) {
      issue(NEVER);
    }
    return lane.lastRemoved();
  }

  /** Issues what is queued for PIM; returns the cycle in which the host had the last answer. */
  long answered() {
    drain(lanes[0]);
    return answered;
  }

  /** Issues the next command if that happens by {@code limit}. */
  private boolean issue(long limit) {
    Lane lane = next();
    if (lane == null) {
      return false;
    }
    long cycle = ready(lane);
    if (cycle > limit) {
      return false;
    }
    if (cycle >= refresh) {
      refresh();
      return true;
    }
    DramCommand command = lane.command();
    if (command == null) {
      lastIssue = cycle;
      answered = Math.max(Math.max(cycle, answered) + 1, written + 1);
      lane.remove(cycle);
      return true;
    }
    boolean toRegisters = command.register();
    if (modes && toRegisters != registerMode && !(dual && command.memory())) {
      registerMode = toRegisters;
      record(TMOD, -1, -1, cycle);
      return true;
    }
    DramCommand step = step(command, lane.bank(), lane.row());
    record(step, step.oneBank() ? lane.bank() : -1, lane.row(), cycle);
    if (step == command) {
      finish(command, lane, cycle);
    } else {
      lane.miss();
    }
    return true;
  }

  private void finish(DramCommand command, Lane lane, long cycle) {
    if (lane.missed()) {
      misses[command.number()]++;
    }
    long end = cycle + latency[command.number()];
    if (command.reads()) {
      answered = Math.max(end, answered + 1);
    } else {
      written = Math.max(written, end);
    }
    lane.remove(cycle);
  }

  /** The queue whose head is ready first; PIM before memory. */
  private Lane next() {
    Lane first = lanes[0].isEmpty() ? null : lanes[0];
    if (lanes.length == 1 || lanes[1].isEmpty()) {
      return first;
    }
    return first != null && ready(first) <= ready(lanes[1]) ? first : lanes[1];
  }

  private long ready(Lane lane) {
    long cycle = Math.max(lane.accepted(), lastIssue) + 1;
    DramCommand command = lane.command();
    return command == null
        ? cycle
        : Math.max(cycle, ready(step(command, lane.bank(), lane.row()), lane.bank()));
  }

  /** The first cycle in which no rule forbids a command. */
  private long ready(DramCommand command, int bank) {
    int next = command.number();
    long cycle = latest(rules.channel[next], last);
    if (command.oneBank()) {
      cycle = Math.max(cycle, latest(rules.group[next], lastInGroup[bank / banksPerGroup]));
      cycle = Math.max(cycle, latest(rules.bank[next], lastInBank[bank]));
    }
    return cycle;
  }

  private static long latest(int[] pairs, long[] last) {
    long cycle = LONG_AGO;
    for (int i = 0; i < pairs.length; i += 2) {
      cycle = Math.max(cycle, last[pairs[i]] + pairs[i + 1]);
    }
    return cycle;
  }

  /** What has to be issued next so that a command can be: itself, or what opens or closes rows. */
  private DramCommand step(DramCommand command, int bank, int row) {
    if (!command.needsRow()) {
      return command;
    }
    if (command.oneBank()) {
      boolean second = dual && command.memory();
      Rows side = second ? memoryRows : rows;
      if (side.isOpen(bank, row)) {
        return command;
      }
      if (side.isClosed(bank)) {
        return second ? ACT_MEMORY : ACT;
      }
      return second ? PRE_MEMORY : PRE;
    }
    if (rows.allOpen(row)) {
      return command;
    }
    return rows.anyOther(row) ? PRE_ALL : ACT_ALL;
  }

  private void refresh() {
    if (registerMode && modes) {
      registerMode = false;
      at(TMOD, -1);
    }
    if (dual) {
      for (int bank = 0; bank < lastInBank.length; bank++) {
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
    long cycle = Math.max(Math.max(refresh, lastIssue + 1), ready(command, bank));
    record(command, bank, -1, cycle);
  }

  private void record(DramCommand command, int bank, int row, long cycle) {
    lastIssue = cycle;
    int n = command.number();
    counts[n]++;
    last[n] = cycle;
    if (bank >= 0) {
      lastInGroup[bank / banksPerGroup][n] = cycle;
      lastInBank[bank][n] = cycle;
    }
    switch (command) {
      case ACT -> rows.open(bank, row);
      case PRE -> rows.close(bank);
      case ACT_ALL -> rows.openAll(row);
      case PRE_ALL, WRA_ALL -> rows.closeAll();
      case ACT_MEMORY -> memoryRows.open(bank, row);
      case PRE_MEMORY -> memoryRows.close(bank);
      case RD, WR, MAC, MAC_ALL, AF, EWMUL, RDCP, WRCP, WRGB, RDMAC, RDAF, WRMAC, TMOD, REF -> {}
    }
    if (listener != null) {
      listener.issued(number, command, bank, row, cycle);
    }
  }
}
