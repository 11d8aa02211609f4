package dev.tilewright.pim.view;

import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;
import dev.tilewright.pim.timing.DramCommand;
import dev.tilewright.pim.timing.Listener;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What channels issued, gathered from the timing simulator. Like commands that follow each other
 * closely become one span.
 */
public final class Timeline implements Listener {
  /** What the cycles of a channel go to. */
  public enum Part {
    MULTIPLY,
    ROWS,
    MODE,
    TRANSFER,
    MEMORY,
    ELEMENTS,
    REFRESH
  }

  /**
   * @param from the first command's cycle
   * @param to the cycle after the last command's effect
   * @param count how many commands
   */
  record Span(DramCommand command, int bank, int row, long from, long to, int count) {}

  private final Device device;
  private final List<List<Span>> channels = new ArrayList<>();
  private final List<Map<Part, Long>> parts = new ArrayList<>();
  private final long[] last;

  public Timeline(Device device) {
    this.device = device;
    last = new long[device.channels()];
    for (int i = 0; i < device.channels(); i++) {
      channels.add(new ArrayList<>());
      parts.add(new EnumMap<>(Part.class));
    }
  }

  @Override
  public void issued(int channel, DramCommand command, int bank, int row, long cycle) {
    List<Span> spans = channels.get(channel);
    long passed = cycle - last[channel];
    if (!spans.isEmpty()) {
      DramCommand before = spans.getLast().command;
      long own = Math.min(passed, duration(before));
      parts.get(channel).merge(part(before), own, Long::sum);
      passed -= own;
    }
    parts.get(channel).merge(part(command), passed, Long::sum);
    last[channel] = cycle;
    long end = cycle + duration(command);
    if (!spans.isEmpty()) {
      Span span = spans.getLast();
      boolean like = span.command == command && span.bank == bank && span.row == row;
      if (like && cycle <= span.to + 2) {
        spans.set(spans.size() - 1, new Span(command, bank, row, span.from, end, span.count + 1));
        return;
      }
    }
    spans.add(new Span(command, bank, row, cycle, end, 1));
  }

  List<Span> spans(int channel) {
    return channels.get(channel);
  }

  /**
   * Where a channel's cycles went, up to its last command: those from one command to the next count
   * for the first as long as it takes, then for the next, which had to be waited for.
   */
  public Map<Part, Long> parts(int channel) {
    return Map.copyOf(parts.get(channel));
  }

  static Part part(DramCommand command) {
    return switch (command) {
      case MAC, MAC_ALL, AF -> Part.MULTIPLY;
      case EWMUL, RDCP, WRCP -> Part.ELEMENTS;
      case ACT, PRE, ACT_ALL, PRE_ALL, ACT_MEMORY, PRE_MEMORY -> Part.ROWS;
      case WRGB, RDMAC, RDAF, WRMAC -> Part.TRANSFER;
      case RD, WR, WRA_ALL -> Part.MEMORY;
      case TMOD -> Part.MODE;
      case REF -> Part.REFRESH;
    };
  }

  private int duration(DramCommand command) {
    return switch (command) {
      case ACT, ACT_MEMORY -> device.of(Parameter.ACTIVATE_TO_READ);
      case ACT_ALL -> device.of(Parameter.ACTIVATE_TO_MULTIPLY);
      case PRE, PRE_ALL, PRE_MEMORY -> device.of(Parameter.PRECHARGE);
      case TMOD -> device.of(Parameter.MODE_SWITCH);
      case REF -> device.of(Parameter.REFRESH);
      case MAC, MAC_ALL, AF, EWMUL, RDCP, WRCP -> device.of(Parameter.COLUMN_SAME_GROUP);
      case RD, WR, WRA_ALL, WRGB, RDMAC, RDAF, WRMAC -> device.of(Parameter.BURST);
    };
  }
}
