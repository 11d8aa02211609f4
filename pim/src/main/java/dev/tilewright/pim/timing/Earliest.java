package dev.tilewright.pim.timing;

import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;
import java.util.Arrays;

/** The first cycle in which no rule forbids a command, after what a channel has issued. */
final class Earliest {
  private static final long LONG_AGO = -1_000_000_000;

  private final Rules rules;
  private final int banksPerGroup;
  private final long[] inChannel = past();
  private final long[][] inGroup;
  private final long[][] inBank;

  Earliest(Device device, Rules rules) {
    this.rules = rules;
    banksPerGroup = device.of(Parameter.BANKS_PER_GROUP);
    inGroup = new long[device.of(Parameter.GROUPS)][];
    Arrays.setAll(inGroup, _ -> past());
    inBank = new long[device.banks()][];
    Arrays.setAll(inBank, _ -> past());
  }

  private static long[] past() {
    long[] past = new long[DramCommand.COUNT];
    Arrays.fill(past, LONG_AGO);
    return past;
  }

  /**
   * @param bank counts only of a command for one bank
   */
  long of(DramCommand command, int bank) {
    int n = command.number();
    long cycle = inChannel[n];
    if (command.oneBank()) {
      cycle = Math.max(cycle, Math.max(inGroup[bank / banksPerGroup][n], inBank[bank][n]));
    }
    return cycle;
  }

  /**
   * @param bank -1 of a command for all banks
   */
  void issued(DramCommand command, int bank, long cycle) {
    int n = command.number();
    raise(inChannel, rules.channel[n], cycle);
    if (bank >= 0) {
      raise(inGroup[bank / banksPerGroup], rules.group[n], cycle);
      raise(inBank[bank], rules.bank[n], cycle);
    }
  }

  private static void raise(long[] earliest, int[] pairs, long cycle) {
    for (int i = 0; i < pairs.length; i += 2) {
      int next = pairs[i];
      earliest[next] = Math.max(earliest[next], cycle + pairs[i + 1]);
    }
  }
}
