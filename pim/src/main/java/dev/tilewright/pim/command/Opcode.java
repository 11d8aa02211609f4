package dev.tilewright.pim.command;

import static dev.tilewright.pim.command.Field.ACCUMULATOR;
import static dev.tilewright.pim.command.Field.ADDEND;
import static dev.tilewright.pim.command.Field.BANK;
import static dev.tilewright.pim.command.Field.BUFFER;
import static dev.tilewright.pim.command.Field.CHANNEL;
import static dev.tilewright.pim.command.Field.CHANNELS;
import static dev.tilewright.pim.command.Field.COLUMN;
import static dev.tilewright.pim.command.Field.FUNCTION;
import static dev.tilewright.pim.command.Field.LANE;
import static dev.tilewright.pim.command.Field.REGISTER;
import static dev.tilewright.pim.command.Field.ROW;
import static dev.tilewright.pim.command.Field.SIZE;
import static dev.tilewright.pim.command.Field.SLOT;
import static dev.tilewright.pim.command.Field.SOURCE;
import static dev.tilewright.pim.command.Field.VALUE;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The table of commands: mnemonic and fields in their order, to and from the record. The text form
 * and the binary form both follow it.
 */
enum Opcode {
  WR_GB(0, CHANNELS, SIZE, BUFFER, SLOT),
  COPY_BKGB(1, CHANNELS, BANK, ROW, COLUMN, SIZE, BUFFER),
  COPY_GBBK(2, CHANNELS, BANK, ROW, COLUMN, SIZE, BUFFER),
  WR_BIAS(3, CHANNELS, ACCUMULATOR, SLOT),
  RD_MAC(4, CHANNELS, ACCUMULATOR, SLOT),
  RD_AF(5, CHANNELS, SLOT),
  MAC_SBK(6, CHANNELS, BANK, ROW, COLUMN, SIZE, BUFFER, ACCUMULATOR, SOURCE),
  MAC_ABK(7, CHANNELS, ROW, COLUMN, SIZE, BUFFER, ACCUMULATOR, SOURCE),
  AF(8, CHANNELS, FUNCTION, ACCUMULATOR),
  EWMUL(9, CHANNELS, ROW, COLUMN, SIZE),
  EWADD(10, SLOT, ADDEND, SIZE),
  WR_SBK(11, CHANNELS, BANK, ROW, COLUMN, SLOT),
  RD_SBK(12, CHANNELS, BANK, ROW, COLUMN, SLOT),
  WR_ABK(13, CHANNELS, ROW, COLUMN, LANE, SLOT),
  WR_MEM(14, CHANNEL, BANK, ROW, COLUMN, SLOT),
  RD_MEM(15, CHANNEL, BANK, ROW, COLUMN, SLOT),
  WR_GPR(16, SLOT),
  RD_GPR(17, SLOT),
  WR_CFR(18, REGISTER, VALUE),
  SYNC(19),
  EOC(20);

  /** In the binary form. */
  final int code;

  @SuppressWarnings("ImmutableEnumChecker") // List.of
  final List<Field> fields;

  Opcode(int code, Field... fields) {
    this.code = code;
    this.fields = List.of(fields);
  }

  /** The record of these values, in the order of {@link #fields}. */
  Command make(int[] v) {
    return switch (this) {
      case WR_GB -> new Command.WriteBuffer(set(v[0]), v[1], v[2], v[3]);
      case COPY_BKGB -> new Command.CopyToBuffer(set(v[0]), v[1], v[2], v[3], v[4], v[5]);
      case COPY_GBBK -> new Command.CopyFromBuffer(set(v[0]), v[1], v[2], v[3], v[4], v[5]);
      case WR_BIAS -> new Command.WriteBias(set(v[0]), v[1], v[2]);
      case RD_MAC -> new Command.ReadAccumulators(set(v[0]), v[1], v[2]);
      case RD_AF -> new Command.ReadActivated(set(v[0]), v[1]);
      case MAC_SBK ->
          new Command.MultiplyBank(set(v[0]), v[1], v[2], v[3], v[4], v[5], v[6], source(v[7]));
      case MAC_ABK ->
          new Command.MultiplyAll(set(v[0]), v[1], v[2], v[3], v[4], v[5], source(v[6]));
      case AF -> new Command.Activate(set(v[0]), v[1], v[2]);
      case EWMUL -> new Command.MultiplyElements(set(v[0]), v[1], v[2], v[3]);
      case EWADD -> new Command.AddSlots(v[0], v[1], v[2]);
      case WR_SBK -> new Command.WriteBank(set(v[0]), v[1], v[2], v[3], v[4]);
      case RD_SBK -> new Command.ReadBank(set(v[0]), v[1], v[2], v[3], v[4]);
      case WR_ABK -> new Command.WriteAcross(set(v[0]), v[1], v[2], v[3], v[4]);
      case WR_MEM -> new Command.WriteMemory(v[0], v[1], v[2], v[3], v[4]);
      case RD_MEM -> new Command.ReadMemory(v[0], v[1], v[2], v[3], v[4]);
      case WR_GPR -> new Command.WriteSlot(v[0]);
      case RD_GPR -> new Command.ReadSlot(v[0]);
      case WR_CFR -> new Command.Configure(register(v[0]), v[1]);
      case SYNC -> new Command.Sync();
      case EOC -> new Command.End();
    };
  }

  static Optional<Opcode> of(int code) {
    return Arrays.stream(values()).filter(o -> o.code == code).findFirst();
  }

  static Optional<Opcode> of(String mnemonic) {
    return Arrays.stream(values()).filter(o -> o.name().equals(mnemonic)).findFirst();
  }

  static Opcode of(Command command) {
    return switch (command) {
      case Command.WriteBuffer c -> WR_GB;
      case Command.CopyToBuffer c -> COPY_BKGB;
      case Command.CopyFromBuffer c -> COPY_GBBK;
      case Command.WriteBias c -> WR_BIAS;
      case Command.ReadAccumulators c -> RD_MAC;
      case Command.ReadActivated c -> RD_AF;
      case Command.MultiplyBank c -> MAC_SBK;
      case Command.MultiplyAll c -> MAC_ABK;
      case Command.Activate c -> AF;
      case Command.MultiplyElements c -> EWMUL;
      case Command.AddSlots c -> EWADD;
      case Command.WriteBank c -> WR_SBK;
      case Command.ReadBank c -> RD_SBK;
      case Command.WriteAcross c -> WR_ABK;
      case Command.WriteMemory c -> WR_MEM;
      case Command.ReadMemory c -> RD_MEM;
      case Command.WriteSlot c -> WR_GPR;
      case Command.ReadSlot c -> RD_GPR;
      case Command.Configure c -> WR_CFR;
      case Command.Sync c -> SYNC;
      case Command.End c -> EOC;
    };
  }

  /** The values of a command's fields, in their order. */
  static int[] values(Command command) {
    return switch (command) {
      case Command.WriteBuffer(ChannelSet ch, int size, int buffer, int slot) ->
          ints(ch.bits(), size, buffer, slot);
      case Command.CopyToBuffer(
              ChannelSet ch,
              int bank,
              int row,
              int column,
              int size,
              int buffer) ->
          ints(ch.bits(), bank, row, column, size, buffer);
      case Command.CopyFromBuffer(
              ChannelSet ch,
              int bank,
              int row,
              int column,
              int size,
              int buffer) ->
          ints(ch.bits(), bank, row, column, size, buffer);
      case Command.WriteBias(ChannelSet ch, int accumulator, int slot) ->
          ints(ch.bits(), accumulator, slot);
      case Command.ReadAccumulators(ChannelSet ch, int accumulator, int slot) ->
          ints(ch.bits(), accumulator, slot);
      case Command.ReadActivated(ChannelSet ch, int slot) -> ints(ch.bits(), slot);
      case Command.MultiplyBank(
              ChannelSet ch,
              int bank,
              int row,
              int column,
              int size,
              int buffer,
              int accumulator,
              Source source) ->
          ints(ch.bits(), bank, row, column, size, buffer, accumulator, source.number());
      case Command.MultiplyAll(
              ChannelSet ch,
              int row,
              int column,
              int size,
              int buffer,
              int accumulator,
              Source source) ->
          ints(ch.bits(), row, column, size, buffer, accumulator, source.number());
      case Command.Activate(ChannelSet ch, int function, int accumulator) ->
          ints(ch.bits(), function, accumulator);
      case Command.MultiplyElements(ChannelSet ch, int row, int column, int size) ->
          ints(ch.bits(), row, column, size);
      case Command.AddSlots(int slot, int addend, int size) -> ints(slot, addend, size);
      case Command.WriteBank(ChannelSet ch, int bank, int row, int column, int slot) ->
          ints(ch.bits(), bank, row, column, slot);
      case Command.ReadBank(ChannelSet ch, int bank, int row, int column, int slot) ->
          ints(ch.bits(), bank, row, column, slot);
      case Command.WriteAcross(ChannelSet ch, int row, int column, int lane, int slot) ->
          ints(ch.bits(), row, column, lane, slot);
      case Command.WriteMemory(int channel, int bank, int row, int column, int slot) ->
          ints(channel, bank, row, column, slot);
      case Command.ReadMemory(int channel, int bank, int row, int column, int slot) ->
          ints(channel, bank, row, column, slot);
      case Command.WriteSlot(int slot) -> ints(slot);
      case Command.ReadSlot(int slot) -> ints(slot);
      case Command.Configure(Register register, int value) -> ints(register.number(), value);
      case Command.Sync() -> ints();
      case Command.End() -> ints();
    };
  }

  private static ChannelSet set(int bits) {
    return new ChannelSet(bits);
  }

  private static Source source(int number) {
    return Source.of(number).orElseThrow();
  }

  private static Register register(int number) {
    return Register.of(number).orElseThrow();
  }

  private static int[] ints(int... values) {
    return values;
  }
}
