/**
 * Command streams for memory that computes: typed records, their text and binary forms, and the
 * export to the public trace form.
 *
 * <h2>How to build a stream</h2>
 *
 * A matrix of 512 x 1024 lies in 32 channels x 16 banks, an output a bank, so that a row of the
 * bank holds the 1024 weights of its output. This computes {@code y = W x}:
 *
 * {@snippet :
 * Device device = Device.named("aim-gddr6");
 * ChannelSet all = ChannelSet.first(device.channels());
 * StreamBuilder stream = new StreamBuilder(device);
 * int x = stream.in("x", 64);                                    // 1024 bf16 are 64 slots
 * int zero = stream.in("zero", 32);                              // 16 accumulators are a slot
 * int y = stream.out("y", 32);
 * stream.add(new Command.WriteBuffer(all, 64, 0, x));            // the vector, to every channel
 * stream.add(new Command.WriteBias(all, 0, zero));               // accumulator 0 of every bank
 * stream.add(new Command.MultiplyAll(all, 0, 0, 64, 0, 0, Source.BUFFER)); // row 0, 64 columns
 * stream.add(new Command.ReadAccumulators(all, 0, y));           // slot y + c: channel c's 16 banks
 * CommandStream product = stream.end();
 * }
 *
 * Rules that the validator holds a stream to: an access stays in its row, its buffer and the
 * bindings' slots; everything read was written before, in this stream or while the device was
 * loaded; configuration registers agree with what a command states; the last command is the only
 * {@link dev.tilewright.pim.command.Command.End}.
 */
package dev.tilewright.pim.command;
