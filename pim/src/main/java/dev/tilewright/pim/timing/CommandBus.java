package dev.tilewright.pim.timing;

import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;

/**
 * What brings commands to a channel's banks: one a cycle, or one for rows and one for the rest. The
 * columns that a command multiplies behind its first need no bus.
 */
final class CommandBus {
  private final boolean split;
  private long lastRow;
  private long last;
  private long latest;

  CommandBus(Device device) {
    split = device.of(Parameter.COMMAND_BUSES) == 2;
  }

  /** The first cycle in which a command, or null, can be sent, not before what was sent last. */
  long free(DramCommand command, boolean continued) {
    if (continued) {
      return latest;
    }
    return Math.max(latest, 1 + (rows(command) ? lastRow : last));
  }

  void sent(DramCommand command, boolean continued, long cycle) {
    latest = cycle;
    if (continued) {
      return;
    }
    if (rows(command)) {
      lastRow = cycle;
    } else {
      last = cycle;
    }
  }

  private boolean rows(DramCommand command) {
    return split && command != null && command.row();
  }
}
