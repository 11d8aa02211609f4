package dev.tilewright.pim.device;

import java.util.Arrays;
import java.util.Optional;

/**
 * What a device file states. Times are in cycles of the clock unless the key names another unit.
 */
public enum Parameter {
  CLOCK_PS("clock.ps", 1, 1e6, "length of a cycle in picoseconds"),
  CHANNELS("channels", 1, 32, "channels"),
  GROUPS("groups", 1, 16, "bank groups in a channel"),
  BANKS_PER_GROUP("banksPerGroup", 1, 16, "banks in a group"),
  ROWS("rows", 1, 1 << 24, "rows in a bank"),
  COLUMNS("columns", 1, 64, "columns of 32 bytes, 16 bf16, in a row"),
  BUFFER_COLUMNS("bufferColumns", 1, 1024, "columns in a channel's global buffer"),
  ACCUMULATORS("accumulators", 1, 64, "accumulators beside a bank"),
  ROW_BUFFERS("rowBuffers", 1, 2, "row buffers of a bank: two let memory and PIM commands overlap"),
  QUEUE("queue", 1, 1 << 16, "commands that wait in a channel's queue"),
  OVERTAKE(
      "overtake",
      0,
      1e6,
      "younger ordinary reads and writes that may pass the oldest one for the sake of open rows and"
          + " other banks; 0 serves them in order"),
  COMMAND_BUSES(
      "commandBuses", 1, 2, "command buses of a channel: of two one opens and closes rows"),
  COMPOSITE("composite", 1, 64, "columns that one command multiplies"),
  CLEAR_ON_READ("clearOnRead", 0, 1, "1: accumulators hold zero first and after they are read"),

  BURST("tBL", 1, 1e6, "data bus occupied by a column"),
  READ_LATENCY("tCL", 0, 1e6, "read to data, from a bank"),
  WRITE_LATENCY("tCWL", 0, 1e6, "write to data, to a bank"),
  REGISTER_READ_LATENCY("tCLREG", 0, 1e6, "read to data, from accumulators"),
  REGISTER_WRITE_LATENCY("tCWLREG", 0, 1e6, "write to data, to accumulators"),
  BUFFER_WRITE_LATENCY("tCWLGB", 0, 1e6, "write to data, to the global buffer"),
  BUS_TURN("tWPRE", 0, 1e6, "direction of the data bus changes"),
  COLUMN_OTHER_GROUP("tCCDS", 1, 1e6, "column to column of another group"),
  COLUMN_SAME_GROUP("tCCDL", 1, 1e6, "column to column of the same group"),
  WRITE_TO_READ_OTHER_GROUP("tWTRS", 0, 1e6, "end of written data to a read in another group"),
  WRITE_TO_READ_SAME_GROUP("tWTRL", 0, 1e6, "end of written data to a read in the same group"),
  ACTIVATE_TO_READ("tRCDRD", 0, 1e6, "activate to read"),
  ACTIVATE_TO_WRITE("tRCDWR", 0, 1e6, "activate to write"),
  ACTIVATE_TO_MULTIPLY("tRCDMAC", 0, 1e6, "activate to multiply-accumulate"),
  ACTIVATE_TO_ELEMENTS("tRCDEWMUL", 0, 1e6, "activate to element-wise product"),
  ACTIVATE_TO_FUNCTION("tRCDAF", 0, 1e6, "activate to activation function"),
  ACTIVATE_TO_COPY_OUT("tRCDRDCP", 0, 1e6, "activate to copy from a bank to the global buffer"),
  ACTIVATE_TO_COPY_IN("tRCDWRCP", 0, 1e6, "activate to copy from the global buffer to a bank"),
  ACTIVATE_TO_PRECHARGE("tRAS", 0, 1e6, "activate to precharge"),
  PRECHARGE("tRP", 0, 1e6, "precharge to activate"),
  ACTIVATE_SAME_BANK("tRC", 0, 1e6, "activate to activate of the same bank"),
  ACTIVATE_OTHER_GROUP("tRRDS", 0, 1e6, "activate to activate in another group"),
  ACTIVATE_SAME_GROUP("tRRDL", 0, 1e6, "activate to activate in the same group"),
  ACTIVATE_ALL("tALL", 0, 1e6, "from the first to the last bank when a row opens in all of them"),
  ACTIVATE_OTHER_BUFFER(
      "tRRDB", 0, 1e6, "activate to activate of the same bank for its other row buffer"),
  READ_TO_PRECHARGE("tRTP", 0, 1e6, "read to precharge"),
  WRITE_RECOVERY("tWR", 0, 1e6, "end of written data to precharge"),
  MODE_SWITCH("tMOD", 0, 1e6, "switch between register mode and the other commands"),
  REFRESH("tRFC", 0, 1e6, "refresh to activate"),
  REFRESH_INTERVAL("tREFI", 1, 1e9, "from refresh to refresh"),

  MULTIPLY_MILLIWATT("energy.mac.mW", "power of 16 multiply-accumulate units at work"),
  MULTIPLY_NS("energy.mac.ns", "time a column keeps them at work"),
  ACTIVATE_MILLIWATT("energy.activate.mW", "power of one bank's activation"),
  ACTIVATE_NS("energy.activate.ns", "time that power is drawn"),
  DATA_PJ_PER_BIT("energy.data.pJperBit", "energy of one bit over the data bus");

  final String key;
  final boolean whole;
  final double least;
  final double most;
  private final String help;

  Parameter(String key, double least, double most, String help) {
    this.key = key;
    this.whole = true;
    this.least = least;
    this.most = most;
    this.help = help;
  }

  Parameter(String key, String help) {
    this.key = key;
    this.whole = false;
    this.least = 0;
    this.most = Double.MAX_VALUE;
    this.help = help;
  }

  /** As a device file spells it. */
  public String key() {
    return key;
  }

  /** What the value says. */
  public String help() {
    return help;
  }

  static Optional<Parameter> of(String key) {
    return Arrays.stream(values()).filter(p -> p.key.equals(key)).findFirst();
  }
}
