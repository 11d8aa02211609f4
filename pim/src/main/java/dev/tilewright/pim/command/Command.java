package dev.tilewright.pim.command;

/**
 * A command that the host gives to the memory. A <em>column</em> is 32 bytes, 16 bf16; a
 * <em>slot</em> is a column of the host's staging memory, which {@link Binding}s fill and empty.
 * Where a command moves a slot for each channel, the lowest channel's is {@code slot}, the next
 * channel's follows; a channel of more than 16 banks takes several slots.
 *
 * <p>Every access counts {@code size} columns upwards and stays within its row, the buffer and the
 * slots. Fields that the public trace form has no room for are {@code column}, {@code buffer},
 * {@code accumulator}, {@code source}, {@code lane} and {@code function}.
 */
public sealed interface Command {
  /** Slots to the global buffers, the same in every channel: {@code GB[buffer + i] = slot[i]}. */
  record WriteBuffer(ChannelSet channels, int size, int buffer, int slot) implements Command {}

  /** A bank to the global buffer: {@code GB[buffer + i] = bank[row][column + i]}. */
  record CopyToBuffer(ChannelSet channels, int bank, int row, int column, int size, int buffer)
      implements Command {}

  /** The global buffer to a bank: {@code bank[row][column + i] = GB[buffer + i]}. */
  record CopyFromBuffer(ChannelSet channels, int bank, int row, int column, int size, int buffer)
      implements Command {}

  /** One value for each bank's accumulator: {@code acc[bank] = widen(slot[bank])}. */
  record WriteBias(ChannelSet channels, int accumulator, int slot) implements Command {}

  /** Each bank's accumulator, rounded: {@code slot[bank] = bf16(acc[bank])}. The host waits. */
  record ReadAccumulators(ChannelSet channels, int accumulator, int slot) implements Command {}

  /** Each bank's result of an activation function. The host waits. */
  record ReadActivated(ChannelSet channels, int slot) implements Command {}

  /** {@code acc += sum over 16 lanes of bank[row][column + i] * operand[i]} in one bank. */
  record MultiplyBank(
      ChannelSet channels,
      int bank,
      int row,
      int column,
      int size,
      int buffer,
      int accumulator,
      Source source)
      implements Command {}

  /** {@link MultiplyBank} in all banks at once; with neighbours, in the even banks. */
  record MultiplyAll(
      ChannelSet channels,
      int row,
      int column,
      int size,
      int buffer,
      int accumulator,
      Source source)
      implements Command {}

  /** An activation function of each bank's accumulator, by the device's table. */
  record Activate(ChannelSet channels, int function, int accumulator) implements Command {}

  /**
   * {@code bank[4g+2] = bank[4g] * bank[4g+1]}, element by element, in every group {@code g} of 4.
   */
  record MultiplyElements(ChannelSet channels, int row, int column, int size) implements Command {}

  /** {@code slot[i] += slot[addend + i]} in the host's staging memory. */
  record AddSlots(int slot, int addend, int size) implements Command {}

  /** A column of a bank, a slot for each channel. */
  record WriteBank(ChannelSet channels, int bank, int row, int column, int slot)
      implements Command {}

  /** The reverse of {@link WriteBank}. */
  record ReadBank(ChannelSet channels, int bank, int row, int column, int slot)
      implements Command {}

  /**
   * One element to each bank of one channel: {@code bank[row][column][lane] = slot[bank]}; so a
   * matrix that is kept by columns grows by a row. The rows close.
   */
  record WriteAcross(ChannelSet channels, int row, int column, int lane, int slot)
      implements Command {}

  /** A column of a bank of one channel, as ordinary memory. */
  record WriteMemory(int channel, int bank, int row, int column, int slot) implements Command {}

  /** The reverse of {@link WriteMemory}. */
  record ReadMemory(int channel, int bank, int row, int column, int slot) implements Command {}

  /** The host has written a slot: it takes a turn of the front end. */
  record WriteSlot(int slot) implements Command {}

  /** The host reads a slot: it takes a turn of the front end. */
  record ReadSlot(int slot) implements Command {}

  /** Sets a configuration register, which the commands that follow state as well. */
  record Configure(Register register, int value) implements Command {}

  /** The host waits until all channels have done everything before it. */
  record Sync() implements Command {}

  /** The last command of a stream: as {@link Sync}. */
  record End() implements Command {}
}
