package dev.tilewright.pim.command;

import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;
import java.util.Locale;

/**
 * Exports streams to the trace form that the public AiM simulator reads. The form has no column,
 * buffer offset, accumulator, lane or data: they are dropped, which changes neither the rows nor
 * the number of commands. What it would change is refused. Bit 31 of a mask is channel 0.
 */
public final class AimTrace {
  private static final int BANKS = 16;
  private static final int ROWS = 16384;
  private final StringBuilder trace = new StringBuilder();
  private Source source = Source.BUFFER;
  private int function;

  private AimTrace() {}

  /**
   * The trace of a stream.
   *
   * @throws UnfaithfulTraceException if the form cannot say what the stream does
   */
  public static String export(CommandStream stream, Device device) {
    AimTrace export = new AimTrace();
    export.checkDevice(device);
    for (int i = 0; i < stream.commands().size(); i++) {
      Command command = stream.commands().get(i);
      String reason = export.refusal(command);
      if (reason == null
          && (command instanceof Command.End) != (i == stream.commands().size() - 1)) {
        reason = "the form reads to the first EOC, which must be the last command";
      }
      if (reason != null) {
        throw new UnfaithfulTraceException(i, command, reason);
      }
      export.line(command);
    }
    return export.trace.toString();
  }

  private void checkDevice(Device device) {
    if (device.banks() != BANKS || device.of(Parameter.GROUPS) != 4) {
      throw new UnfaithfulTraceException(
          "device %s has %d banks in %d groups, but the form's commands mean 16 in 4"
              .formatted(device.name(), device.banks(), device.of(Parameter.GROUPS)));
    }
    if (device.columns() != 64 || device.dualRowBuffer()) {
      throw new UnfaithfulTraceException(
          "device %s has rows of %d columns and %d row buffers, but the form means 64 and one"
              .formatted(device.name(), device.columns(), device.of(Parameter.ROW_BUFFERS)));
    }
  }

  /** Why a trace would lie about a command, or null. */
  private String refusal(Command command) {
    return switch (command) {
      case Command.MultiplyAll c -> multiply(c.source(), c.row(), c.column(), c.size());
      case Command.MultiplyBank c -> multiply(c.source(), c.row(), c.column(), c.size());
      case Command.MultiplyElements c -> access(c.row(), c.column(), c.size());
      case Command.CopyToBuffer c -> access(c.row(), c.column(), c.size());
      case Command.CopyFromBuffer c -> access(c.row(), c.column(), c.size());
      case Command.WriteBuffer c -> c.size() < 1 ? "a size is at least 1" : null;
      case Command.WriteBank c -> access(c.row(), c.column(), 1);
      case Command.ReadBank c -> access(c.row(), c.column(), 1);
      case Command.WriteMemory c -> access(c.row(), c.column(), 1);
      case Command.ReadMemory c -> access(c.row(), c.column(), 1);
      case Command.WriteAcross c ->
          c.channels().count() != 1
              ? "WR_ABK has room for one channel; give one command for each"
              : access(c.row(), c.column(), 1);
      case Command.Activate c ->
          c.function() != function
              ? "function %d is not what WR_CFR selected (%d)".formatted(c.function(), function)
              : null;
      case Command.Configure c ->
          c.register() == Register.ALL_GROUPS && c.value() != 1
              ? "the form does not say which group would multiply"
              : null;
      case Command.AddSlots c -> c.size() < 1 ? "a size is at least 1" : null;
      case Command.WriteBias c -> null;
      case Command.ReadAccumulators c -> null;
      case Command.ReadActivated c -> null;
      case Command.WriteSlot c -> null;
      case Command.ReadSlot c -> null;
      case Command.Sync c -> null;
      case Command.End c -> null;
    };
  }

  private String multiply(Source wanted, int row, int column, int size) {
    if (wanted != source) {
      return "operands from the %s, but WR_CFR selected the %s"
          .formatted(lower(wanted), lower(source));
    }
    return access(row, column, size);
  }

  private static String access(int row, int column, int size) {
    if (row < 0 || row >= ROWS) {
      return "the form's banks have rows 0 to %d".formatted(ROWS - 1);
    }
    if (size < 1 || column < 0 || column + (long) size > 64) {
      return "columns %d to %d leave a row of 64, so other rows would be touched"
          .formatted(column, column + (long) size - 1);
    }
    return null;
  }

  private void line(Command command) {
    switch (command) {
      case Command.WriteBuffer c -> aim("WR_GB", c.size(), c.slot(), mask(c.channels()));
      case Command.CopyToBuffer c ->
          aim("COPY_BKGB", c.size(), mask(c.channels()), c.bank(), c.row());
      case Command.CopyFromBuffer c ->
          aim("COPY_GBBK", c.size(), mask(c.channels()), c.bank(), c.row());
      case Command.WriteBias c -> aim("WR_BIAS", c.slot(), mask(c.channels()));
      case Command.ReadAccumulators c -> aim("RD_MAC", c.slot(), mask(c.channels()));
      case Command.ReadActivated c -> aim("RD_AF", c.slot(), mask(c.channels()));
      case Command.MultiplyBank c ->
          aim("MAC_SBK", c.size(), mask(c.channels()), c.bank(), c.row());
      case Command.MultiplyAll c -> aim("MAC_ABK", c.size(), mask(c.channels()), c.row());
      case Command.Activate c -> aim("AF", mask(c.channels()));
      case Command.MultiplyElements c -> aim("EWMUL", c.size(), mask(c.channels()), c.row());
      case Command.AddSlots c -> aim("EWADD", c.size(), c.slot(), c.addend());
      case Command.WriteBank c -> aim("WR_SBK", c.slot(), mask(c.channels()), c.bank(), c.row());
      case Command.ReadBank c -> aim("RD_SBK", c.slot(), mask(c.channels()), c.bank(), c.row());
      case Command.WriteAcross c -> aim("WR_ABK", c.slot(), mask(c.channels()), c.row());
      case Command.WriteMemory c -> words("W", "MEM", c.channel(), c.bank(), c.row());
      case Command.ReadMemory c -> words("R", "MEM", c.channel(), c.bank(), c.row());
      case Command.WriteSlot c -> words("W", "GPR", c.slot());
      case Command.ReadSlot c -> words("R", "GPR", c.slot());
      case Command.Configure c -> {
        switch (c.register()) {
          case SOURCE ->
              source = c.value() == Source.BUFFER.number() ? Source.BUFFER : Source.NEIGHBOUR;
          case FUNCTION -> function = c.value();
          case ALL_GROUPS -> {}
        }
        words("W", "CFR", c.register().number(), c.value());
      }
      case Command.Sync c -> aim("SYNC");
      case Command.End c -> aim("EOC");
    }
  }

  private void aim(String mnemonic, Object... fields) {
    trace.append("AiM ");
    words(mnemonic, fields);
  }

  private void words(String head, Object... fields) {
    trace.append(head);
    for (Object field : fields) {
      trace.append(' ').append(field);
    }
    trace.append('\n');
  }

  private static String mask(ChannelSet channels) {
    return "0x" + Integer.toHexString(Integer.reverse(channels.bits()));
  }

  private static String lower(Source source) {
    return source.name().toLowerCase(Locale.ROOT);
  }
}
