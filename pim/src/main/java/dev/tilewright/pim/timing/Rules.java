package dev.tilewright.pim.timing;

import static dev.tilewright.pim.timing.DramCommand.ACT;
import static dev.tilewright.pim.timing.DramCommand.ACT_ALL;
import static dev.tilewright.pim.timing.DramCommand.ACT_MEMORY;
import static dev.tilewright.pim.timing.DramCommand.AF;
import static dev.tilewright.pim.timing.DramCommand.EWMUL;
import static dev.tilewright.pim.timing.DramCommand.MAC;
import static dev.tilewright.pim.timing.DramCommand.MAC_ALL;
import static dev.tilewright.pim.timing.DramCommand.PRE;
import static dev.tilewright.pim.timing.DramCommand.PRE_ALL;
import static dev.tilewright.pim.timing.DramCommand.PRE_MEMORY;
import static dev.tilewright.pim.timing.DramCommand.RD;
import static dev.tilewright.pim.timing.DramCommand.RDAF;
import static dev.tilewright.pim.timing.DramCommand.RDCP;
import static dev.tilewright.pim.timing.DramCommand.RDMAC;
import static dev.tilewright.pim.timing.DramCommand.REF;
import static dev.tilewright.pim.timing.DramCommand.TMOD;
import static dev.tilewright.pim.timing.DramCommand.WR;
import static dev.tilewright.pim.timing.DramCommand.WRA_ALL;
import static dev.tilewright.pim.timing.DramCommand.WRCP;
import static dev.tilewright.pim.timing.DramCommand.WRGB;
import static dev.tilewright.pim.timing.DramCommand.WRMAC;

import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The least cycles between two commands of one channel, of one group of banks and of one bank:
 * {@code issue(next) >= issue(previous) + cycles} for the last {@code previous} in that scope.
 */
final class Rules {
  /** For each command: pairs of a command that follows and the cycles between. */
  final int[][] channel;

  final int[][] group;
  final int[][] bank;
  private final Device device;

  Rules(Device device) {
    this.device = device;
    Table channelTable = new Table();
    Table groupTable = new Table();
    Table bankTable = new Table();
    columns(channelTable, groupTable);
    bus(channelTable, groupTable);
    rows(channelTable, groupTable, bankTable);
    refresh(channelTable);
    if (device.dualRowBuffer()) {
      secondRowBuffer(channelTable, groupTable, bankTable);
    } else {
      sharedRowBuffer(channelTable, groupTable, bankTable);
    }
    for (DramCommand next : DramCommand.values()) {
      if (next != ACT_MEMORY) { // waits for its own bank alone
        channelTable.later(ACT_ALL, next, cycles(Parameter.ACTIVATE_ALL));
      }
      channelTable.rule(Set.of(TMOD), Set.of(next), cycles(Parameter.MODE_SWITCH));
    }
    channel = channelTable.pairs();
    group = groupTable.pairs();
    bank = bankTable.pairs();
  }

  private int cycles(Parameter parameter) {
    return device.of(parameter);
  }

  /** The path between banks and their units carries a column each tCCD. */
  private void columns(Table channel, Table group) {
    int other = cycles(Parameter.COLUMN_OTHER_GROUP);
    int same = cycles(Parameter.COLUMN_SAME_GROUP);
    Set<DramCommand> reads = Set.of(MAC, MAC_ALL, RDCP, RDMAC, RDAF);
    Set<DramCommand> writes = Set.of(WRA_ALL, WRGB, WRCP, WRMAC);
    channel.rule(reads, reads, other);
    channel.rule(writes, writes, other);

    Set<DramCommand> allRead = Set.of(RDMAC, RDAF, MAC_ALL, EWMUL);
    Set<DramCommand> allWrite = Set.of(WRA_ALL, WRMAC, EWMUL);
    channel.both(Set.of(MAC, RDCP, RDMAC, RDAF, MAC_ALL, EWMUL), allRead, same);
    channel.both(Set.of(WRCP, WRA_ALL, WRMAC, EWMUL), allWrite, same);
    group.rule(Set.of(MAC, RDCP), Set.of(MAC, RDCP), same);
    group.rule(Set.of(WRCP), Set.of(WRCP), same);
  }

  /** The external data bus carries a column each burst and turns between reads and writes. */
  private void bus(Table channel, Table group) {
    int burst = cycles(Parameter.BURST);
    channel.rule(Set.of(RD, RDMAC, RDAF), Set.of(RD, RDMAC, RDAF), burst);
    Set<DramCommand> writes = Set.of(WR, WRA_ALL, WRGB, WRMAC);
    channel.rule(writes, writes, burst);

    int turn = burst + 3 + cycles(Parameter.BUS_TURN);
    int bankRead = cycles(Parameter.READ_LATENCY);
    int registerRead = cycles(Parameter.REGISTER_READ_LATENCY);
    int bankWrite = cycles(Parameter.WRITE_LATENCY);
    int bufferWrite = cycles(Parameter.BUFFER_WRITE_LATENCY);
    int registerWrite = cycles(Parameter.REGISTER_WRITE_LATENCY);
    Set<DramCommand> registerReads = Set.of(RDMAC, RDAF);
    channel.rule(Set.of(RD), Set.of(WR, WRA_ALL), bankRead + turn - bankWrite);
    channel.rule(registerReads, Set.of(WR, WRA_ALL), registerRead + turn - bankWrite);
    channel.rule(Set.of(RD), Set.of(WRGB), bankRead + turn - bufferWrite);
    channel.rule(Set.of(RD), Set.of(WRMAC), bankRead + turn - registerWrite);
    channel.rule(registerReads, Set.of(WRGB), registerRead + turn - bufferWrite);
    channel.rule(registerReads, Set.of(WRMAC), registerRead + turn - registerWrite);

    int other = burst + cycles(Parameter.WRITE_TO_READ_OTHER_GROUP);
    int same = burst + cycles(Parameter.WRITE_TO_READ_SAME_GROUP);
    Set<DramCommand> reads = Set.of(RD, RDMAC, RDAF);
    channel.rule(Set.of(WR), Set.of(RD), bankWrite + other);
    channel.rule(Set.of(WR), registerReads, bankWrite + same);
    channel.rule(Set.of(WRA_ALL), reads, bankWrite + same);
    channel.rule(Set.of(WRGB), reads, bufferWrite + other);
    channel.rule(Set.of(WRMAC), reads, registerWrite + same);
    group.rule(Set.of(WR), Set.of(RD), bankWrite + same);
  }

  /** Rows open and close, for the commands of PIM. */
  private void rows(Table channel, Table group, Table bank) {
    activates(channel, group, bank, ACT);
    int activate = cycles(Parameter.ACTIVATE_SAME_BANK);
    channel.both(Set.of(ACT, ACT_ALL), Set.of(ACT_ALL), activate);
    int open = cycles(Parameter.ACTIVATE_TO_PRECHARGE);
    channel.rule(Set.of(ACT, ACT_ALL), Set.of(PRE_ALL), open);
    channel.rule(Set.of(ACT_ALL), Set.of(PRE), open);
    bank.rule(Set.of(ACT), Set.of(PRE), open);

    int precharge = cycles(Parameter.PRECHARGE);
    channel.rule(Set.of(PRE, PRE_ALL), Set.of(ACT_ALL), precharge);
    channel.rule(Set.of(PRE_ALL), Set.of(ACT, PRE, PRE_ALL), precharge);
    channel.rule(Set.of(PRE), Set.of(PRE_ALL), precharge);
    bank.rule(Set.of(PRE), Set.of(ACT, PRE), precharge);

    Set<DramCommand> any = Set.of(ACT, ACT_ALL);
    channel.rule(any, Set.of(MAC_ALL), cycles(Parameter.ACTIVATE_TO_MULTIPLY));
    channel.rule(any, Set.of(AF), cycles(Parameter.ACTIVATE_TO_FUNCTION));
    channel.rule(any, Set.of(EWMUL), cycles(Parameter.ACTIVATE_TO_ELEMENTS));
    channel.rule(any, Set.of(WRA_ALL), cycles(Parameter.ACTIVATE_TO_WRITE));
    opened(channel, bank, MAC, Parameter.ACTIVATE_TO_MULTIPLY);
    opened(channel, bank, RDCP, Parameter.ACTIVATE_TO_COPY_OUT);
    opened(channel, bank, WRCP, Parameter.ACTIVATE_TO_COPY_IN);

    int read = cycles(Parameter.READ_TO_PRECHARGE);
    int recovery = cycles(Parameter.WRITE_LATENCY) + cycles(Parameter.WRITE_RECOVERY);
    int write = recovery + cycles(Parameter.BURST);
    channel.rule(Set.of(RDCP, MAC, MAC_ALL, AF), Set.of(PRE_ALL), read);
    channel.rule(Set.of(MAC_ALL, AF), Set.of(PRE), read);
    bank.rule(Set.of(RDCP, MAC), Set.of(PRE), read);
    channel.rule(Set.of(WRCP), Set.of(PRE_ALL), write);
    bank.rule(Set.of(WRCP), Set.of(PRE), write);
    channel.rule(Set.of(EWMUL), Set.of(PRE, PRE_ALL), recovery);
    channel.rule(Set.of(WRA_ALL), Set.of(ACT, ACT_ALL), write + precharge);
  }

  private void activates(Table channel, Table group, Table bank, DramCommand activate) {
    Set<DramCommand> one = Set.of(activate);
    channel.rule(one, one, cycles(Parameter.ACTIVATE_OTHER_GROUP));
    group.rule(one, one, cycles(Parameter.ACTIVATE_SAME_GROUP));
    bank.rule(one, one, cycles(Parameter.ACTIVATE_SAME_BANK));
  }

  private void opened(Table channel, Table bank, DramCommand next, Parameter time) {
    channel.rule(Set.of(ACT_ALL), Set.of(next), cycles(time));
    bank.rule(Set.of(ACT), Set.of(next), cycles(time));
  }

  private void refresh(Table channel) {
    int precharge = cycles(Parameter.PRECHARGE);
    channel.rule(Set.of(ACT, ACT_ALL), Set.of(REF), cycles(Parameter.ACTIVATE_SAME_BANK));
    channel.rule(Set.of(PRE, PRE_ALL), Set.of(REF), precharge);
    channel.rule(
        Set.of(WRA_ALL),
        Set.of(REF),
        cycles(Parameter.WRITE_LATENCY)
            + cycles(Parameter.BURST)
            + cycles(Parameter.WRITE_RECOVERY)
            + precharge);
    channel.rule(Set.of(REF), Set.of(ACT, ACT_ALL), cycles(Parameter.REFRESH));
  }

  /** Reads and writes of memory use the same rows and paths as PIM does. */
  private void sharedRowBuffer(Table channel, Table group, Table bank) {
    int other = cycles(Parameter.COLUMN_OTHER_GROUP);
    int same = cycles(Parameter.COLUMN_SAME_GROUP);
    channel.both(Set.of(RD), Set.of(RD, MAC, MAC_ALL, RDCP, RDMAC, RDAF), other);
    channel.both(Set.of(RD), Set.of(RDMAC, RDAF, MAC_ALL, EWMUL), same);
    channel.both(Set.of(WR), Set.of(WR, WRA_ALL, WRGB, WRCP, WRMAC), other);
    channel.both(Set.of(WR), Set.of(WRA_ALL, WRMAC, EWMUL), same);
    group.both(Set.of(RD), Set.of(RD, MAC, RDCP), same);
    group.both(Set.of(WR), Set.of(WR, WRCP), same);
    opened(channel, bank, RD, Parameter.ACTIVATE_TO_READ);
    opened(channel, bank, WR, Parameter.ACTIVATE_TO_WRITE);
    channel.rule(Set.of(RD), Set.of(PRE_ALL), cycles(Parameter.READ_TO_PRECHARGE));
    bank.rule(Set.of(RD), Set.of(PRE), cycles(Parameter.READ_TO_PRECHARGE));
    int write = written();
    channel.rule(Set.of(WR), Set.of(PRE_ALL), write);
    bank.rule(Set.of(WR), Set.of(PRE), write);
  }

  /**
   * Reads and writes of memory have row buffers and column paths of their own. What both share is
   * the command bus, the data bus, and the cells: a bank opens a row for one side some time after
   * it opened one for the other.
   */
  private void secondRowBuffer(Table channel, Table group, Table bank) {
    int other = cycles(Parameter.COLUMN_OTHER_GROUP);
    int same = cycles(Parameter.COLUMN_SAME_GROUP);
    channel.rule(Set.of(RD), Set.of(RD), other);
    channel.rule(Set.of(WR), Set.of(WR), other);
    group.rule(Set.of(RD), Set.of(RD), same);
    group.rule(Set.of(WR), Set.of(WR), same);

    Set<DramCommand> memory = Set.of(ACT_MEMORY);
    activates(channel, group, bank, ACT_MEMORY);
    channel.both(memory, Set.of(ACT), cycles(Parameter.ACTIVATE_OTHER_GROUP));
    int otherBuffer = cycles(Parameter.ACTIVATE_OTHER_BUFFER);
    bank.both(memory, Set.of(ACT), otherBuffer);
    channel.both(memory, Set.of(ACT_ALL), otherBuffer);
    bank.rule(memory, Set.of(RD), cycles(Parameter.ACTIVATE_TO_READ));
    bank.rule(memory, Set.of(WR), cycles(Parameter.ACTIVATE_TO_WRITE));
    bank.rule(memory, Set.of(PRE_MEMORY), cycles(Parameter.ACTIVATE_TO_PRECHARGE));
    bank.rule(Set.of(RD), Set.of(PRE_MEMORY), cycles(Parameter.READ_TO_PRECHARGE));
    bank.rule(Set.of(WR), Set.of(PRE_MEMORY), written());
    bank.rule(Set.of(PRE_MEMORY), Set.of(ACT_MEMORY), cycles(Parameter.PRECHARGE));
    channel.rule(memory, Set.of(REF), cycles(Parameter.ACTIVATE_SAME_BANK));
    channel.rule(Set.of(PRE_MEMORY), Set.of(REF), cycles(Parameter.PRECHARGE));
    channel.rule(Set.of(REF), memory, cycles(Parameter.REFRESH));
  }

  private int written() {
    return cycles(Parameter.WRITE_LATENCY)
        + cycles(Parameter.BURST)
        + cycles(Parameter.WRITE_RECOVERY);
  }

  private static final class Table {
    /** By the command before, then by the one that follows. */
    private final int[][] least = new int[DramCommand.COUNT][DramCommand.COUNT];

    void rule(Set<DramCommand> previous, Set<DramCommand> next, int cycles) {
      for (DramCommand p : previous) {
        for (DramCommand n : next) {
          int[] row = least[p.number()];
          row[n.number()] = Math.max(row[n.number()], cycles);
        }
      }
    }

    /** What waits for a row in all banks waits for the last of them. */
    void later(DramCommand previous, DramCommand next, int cycles) {
      int[] row = least[previous.number()];
      if (row[next.number()] > 0) {
        row[next.number()] += cycles;
      }
    }

    void both(Set<DramCommand> some, Set<DramCommand> others, int cycles) {
      rule(some, others, cycles);
      rule(others, some, cycles);
    }

    /** One cycle passes between two commands anyway, so lesser rules say nothing. */
    int[][] pairs() {
      int[][] pairs = new int[DramCommand.COUNT][];
      for (int previous = 0; previous < pairs.length; previous++) {
        List<Integer> row = new ArrayList<>();
        for (int next = 0; next < DramCommand.COUNT; next++) {
          if (least[previous][next] > 1) {
            row.add(next);
            row.add(least[previous][next]);
          }
        }
        pairs[previous] = row.stream().mapToInt(i -> i).toArray();
      }
      return pairs;
    }
  }
}
