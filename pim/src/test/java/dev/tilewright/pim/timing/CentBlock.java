package dev.tilewright.pim.timing;

import dev.tilewright.pim.command.ChannelSet;
import dev.tilewright.pim.command.Command;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.command.Source;
import dev.tilewright.pim.command.StreamBuilder;
import dev.tilewright.pim.device.Device;

/**
 * A block of Llama2-7B as CENT runs it, 8 channels a block and so four blocks side by side:
 * products, norms and scalings by element-wise products in the banks, and the copies between them.
 * Only times matter here: all data is at column 0 and slot 0, as the public trace form has it.
 */
final class CentBlock {
  private static final int DIM = 4096;
  private static final int HEADS = 32;
  private static final int HEAD = 128;
  private static final int FFN = 11008;
  private static final int CHANNELS = 8;
  private static final int BANKS = 16;
  private static final int BLOCKS = 4;
  private static final int ROW = 1024;
  private static final int CONTEXT = 4096;

  private final ChannelSet all = ChannelSet.first(CHANNELS * BLOCKS);
  private final StreamBuilder stream;
  private final int tokens;
  private int rows;

  private CentBlock(Device device, int tokens) {
    stream = new StreamBuilder(device);
    this.tokens = tokens;
  }

  static CommandStream stream(Device device, int tokens) {
    CentBlock block = new CentBlock(device, tokens);
    block.norm();
    for (int i = 0; i < 3; i++) {
      block.product(DIM, DIM, false);
    }
    block.rotate();
    block.attention();
    block.product(DIM, DIM, false);
    block.stream.add(new Command.AddSlots(0, 0, DIM / 16));
    block.norm();
    block.product(DIM, FFN, true);
    block.product(DIM, FFN, false);
    block.gate();
    block.product(FFN, DIM, false);
    block.stream.add(new Command.AddSlots(0, 0, DIM / 16));
    return block.stream.end();
  }

  private int rows(int count) {
    rows += count;
    return rows - count;
  }

  /** Writes or reads columns of every {@code step}-th bank from {@code first} on, in each block. */
  private void move(boolean write, int banks, int step, int first, int row, int columns) {
    for (int i = 0; i < columns; i++) {
      for (int b = 0; b < banks; b++) {
        int bank = b * step + first;
        for (int block = 0; block < BLOCKS; block++) {
          int channel = bank / BANKS + block * CHANNELS;
          stream.add(
              write
                  ? new Command.WriteMemory(channel, bank % BANKS, row, 0, 0)
                  : new Command.ReadMemory(channel, bank % BANKS, row, 0, 0));
        }
      }
    }
  }

  private void norm() {
    int x = rows(1);
    move(true, 64, 2, 0, x, 4);
    move(true, 64, 2, 1, x, 4);
    stream.add(new Command.WriteBias(all, 0, 0));
    stream.add(new Command.MultiplyAll(all, x, 0, 4, 0, 0, Source.BUFFER));
    stream.add(new Command.ReadAccumulators(all, 0, 0));
    int scaled = rows(1);
    int weights = rows(1);
    move(true, 32, 4, 0, scaled, 8);
    move(true, 32, 4, 1, scaled, 8);
    stream.add(new Command.MultiplyElements(all, scaled, 0, 8));
    for (int bank = 2; bank < BANKS; bank += 4) {
      stream.add(new Command.CopyToBuffer(all, bank, scaled, 0, 8, 0));
      stream.add(new Command.CopyFromBuffer(all, bank - 1, weights, 0, 8, 0));
    }
    stream.add(new Command.MultiplyElements(all, weights, 0, 8));
    move(false, 32, 4, 2, weights, 8);
    stream.add(new Command.Sync());
  }

  /** A product whose vector is kept for up to 32 accumulators, or 16 with a function behind it. */
  private void product(int inputs, int outputs, boolean function) {
    int perBank = outputs / (CHANNELS * BANKS);
    int chunks = (inputs + ROW - 1) / ROW;
    int groups = (perBank + (function ? 15 : 31)) / (function ? 16 : 32);
    int reuse = (perBank + groups - 1) / groups;
    int matrix = rows(perBank * chunks);
    for (int chunk = 0; chunk < chunks; chunk++) {
      int columns = Math.min(ROW, inputs - chunk * ROW) / 16;
      stream.add(new Command.WriteBuffer(all, columns, 0, 0));
      for (int from = 0; from < perBank; from += reuse) {
        int count = Math.min(reuse, perBank - from);
        for (int i = 0; i < count; i++) {
          stream.add(new Command.WriteBias(all, i, 0));
        }
        for (int i = 0; i < count; i++) {
          int row = matrix + (from + i) * chunks + chunk;
          stream.add(new Command.MultiplyAll(all, row, 0, columns, 0, i, Source.BUFFER));
        }
        for (int i = 0; i < count && function && chunk == chunks - 1; i++) {
          stream.add(new Command.Activate(all, 0, i));
          stream.add(new Command.ReadActivated(all, 0));
        }
        for (int i = 0; i < count; i++) {
          stream.add(new Command.ReadAccumulators(all, i, 0));
        }
      }
    }
  }

  private void rotate() {
    int q = rows(1);
    int k = rows(1);
    move(true, 32, 4, 1, q, 16);
    move(true, 32, 4, 1, k, 16);
    stream.add(new Command.MultiplyElements(all, q, 0, DIM / 16 / 4));
    stream.add(new Command.MultiplyElements(all, k, 0, DIM / 16 / 4));
    move(true, 32, 4, 2, q, 16);
    move(true, 32, 4, 2, k, 16);
  }

  private void attention() {
    int banks = CHANNELS * BANKS;
    int keyRows = DIM / ROW;
    int keys = rows(CONTEXT / banks * keyRows);
    int last = tokens - 1;
    for (int row = 0; row < keyRows; row++) {
      for (int block = 0; block < BLOCKS; block++) {
        for (int i = 0; i < 64; i++) {
          int channel = last % banks / BANKS + block * CHANNELS;
          int at = keys + last / banks * keyRows + row;
          stream.add(new Command.WriteMemory(channel, last % BANKS, at, 0, 0));
        }
      }
    }
    int perDim = CONTEXT / ROW;
    int perHead = HEAD / BANKS * perDim;
    int headsPerChannel = HEADS / CHANNELS;
    int values = rows(perHead * headsPerChannel);
    for (int head = 0; head < headsPerChannel; head++) {
      for (int dim = 0; dim < HEAD / BANKS; dim++) {
        for (int channel = 0; channel < CHANNELS; channel++) {
          int row = values + head * perHead + dim * perDim + (last - 1) / ROW;
          stream.add(new Command.WriteAcross(ChannelSet.of(channel), row, 0, 0, 0));
        }
      }
    }
    for (int row = 0; row < keyRows; row++) {
      for (int from = 0; from < tokens; from += banks) {
        int channels = Math.min(CHANNELS, (tokens - from + BANKS - 1) / BANKS);
        ChannelSet set = ChannelSet.first(32 / channels * channels);
        stream.add(new Command.WriteBuffer(set, 64, 0, 0));
        for (int head = 0; head < ROW / HEAD; head++) {
          stream.add(new Command.WriteBias(set, 0, 0));
          int at = keys + from / banks * keyRows + row;
          stream.add(new Command.MultiplyAll(set, at, 0, HEAD / 16, 0, 0, Source.BUFFER));
          stream.add(new Command.ReadAccumulators(set, 0, 0));
        }
      }
    }
    scale();
    scale();
    for (int head = 0; head < headsPerChannel; head++) {
      for (int from = 0; from < tokens; from += ROW) {
        int columns = (Math.min(ROW, tokens - from) + 15) / 16;
        stream.add(new Command.WriteBuffer(all, columns, 0, 0));
        for (int dim = 0; dim < HEAD / BANKS; dim++) {
          stream.add(new Command.WriteBias(all, 0, 0));
          int row = values + head * perHead + dim * perDim + from / ROW;
          stream.add(new Command.MultiplyAll(all, row, 0, columns, 0, 0, Source.BUFFER));
          stream.add(new Command.ReadAccumulators(all, 0, 0));
        }
      }
    }
  }

  /** Scores times a vector: a head to each group of banks. */
  private void scale() {
    int rowsPerHead = (tokens + ROW - 1) / ROW;
    int scores = rows(rowsPerHead);
    for (int group = 0; group < 2; group++) {
      for (int row = 0; row < rowsPerHead; row++) {
        move(true, 32, 4, group, scores + row, columns(row));
      }
    }
    for (int row = 0; row < rowsPerHead; row++) {
      stream.add(new Command.MultiplyElements(all, scores + row, 0, columns(row)));
    }
    for (int row = 0; row < rowsPerHead; row++) {
      move(false, 32, 4, 2, scores + row, columns(row));
    }
    stream.add(new Command.Sync());
  }

  private int columns(int row) {
    return (Math.min(ROW, tokens - row * ROW) + 15) / 16;
  }

  private void gate() {
    int columns = (FFN / 32 + 15) / 16;
    int x = rows(1);
    move(true, 32, 4, 0, x, columns);
    move(true, 32, 4, 1, x, columns);
    stream.add(new Command.MultiplyElements(all, x, 0, columns));
    for (int bank = 2; bank < BANKS; bank += 4) {
      stream.add(new Command.CopyToBuffer(all, bank, x, 0, columns, 0));
      stream.add(new Command.CopyFromBuffer(all, bank - 1, x, 0, columns, 0));
    }
    move(true, 32, 4, 0, x, columns);
    stream.add(new Command.MultiplyElements(all, x, 0, columns));
    move(false, 32, 4, 2, x, columns);
    stream.add(new Command.Sync());
  }
}
