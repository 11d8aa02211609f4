package dev.tilewright.pim.map;

import dev.tilewright.pim.command.ChannelSet;
import dev.tilewright.pim.command.Command;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.command.Source;
import dev.tilewright.pim.command.StreamBuilder;
import dev.tilewright.pim.device.Device;
import java.util.Arrays;

/**
 * Generates the streams of one layer's attention for any number of tokens. A stream is made when
 * its length is first asked for and kept: scores change once in {@link MatrixMap#width} tokens, the
 * weighted sum once in 16.
 */
public final class Attention {
  /** Columns of a vector that differs between channels which go out together. */
  private static final int PIECE = 32;

  private final AttentionMap map;
  private final CommandStream[] scores;
  private final CommandStream[] sums;
  private final ChannelSet[] each;

  public Attention(AttentionMap map) {
    this.map = map;
    this.scores = new CommandStream[map.keys().groups() + 1];
    this.each = new ChannelSet[map.keys().device().channels()];
    Arrays.setAll(each, ChannelSet::of);
    this.sums = new CommandStream[MatrixMap.ceil(map.size().context(), Device.LANES) + 1];
  }

  public AttentionMap map() {
    return map;
  }

  /**
   * Appends a token: its key by columns to one bank, its value by elements to all. Binds {@code k}
   * and {@code v}.
   *
   * @throws ContextException if there is no room
   */
  public CommandStream append(int position) {
    map.check(position);
    MatrixMap keys = map.keys();
    MatrixMap values = map.values();
    StreamBuilder builder = new StreamBuilder(keys.device());
    int columns = keys.depth() / Device.LANES;
    int k = builder.in("k", columns);
    int v = builder.in("v", values.slots(values.groups()));
    for (int q = 0; q < keys.chunks(); q++) {
      Cell cell = keys.cell(position, q * keys.chunk());
      ChannelSet channel = ChannelSet.of(cell.channel());
      for (int i = 0; i < keys.columns(q); i++) {
        int slot = k + q * keys.columns(0) + i;
        builder.add(
            new Command.WriteBank(channel, cell.bank(), cell.row(), cell.column() + i, slot));
      }
    }
    int perChannel = keys.device().slotsPerChannel();
    for (int g = 0; g < values.groups(); g++) {
      Cell cell = values.cell(g * values.width(), position);
      int from = v + g * values.groupSlots();
      for (int channel = 0; channel < values.channels(g).count(); channel++) {
        int slot = from + channel * perChannel;
        builder.add(
            new Command.WriteAcross(each[channel], cell.row(), cell.column(), cell.lane(), slot));
      }
    }
    return builder.end();
  }

  /**
   * Scores of tokens 0 to {@code tokens - 1}: for each chunk of key heads the query goes to all
   * channels, then every group of tokens is multiplied with each head. Binds {@code q}, {@code
   * zero} and {@code scores}.
   *
   * @throws ContextException if there is no room for so many
   */
  public CommandStream scores(int tokens) {
    map.check(tokens - 1);
    int groups = MatrixMap.ceil(tokens, map.keys().width());
    if (scores[groups] == null) {
      scores[groups] = buildScores(groups);
    }
    return scores[groups];
  }

  private CommandStream buildScores(int groups) {
    MatrixMap keys = map.keys();
    int columns = map.headColumns();
    StreamBuilder builder = new StreamBuilder(keys.device());
    int query = builder.in("q", map.size().heads() * columns);
    int zero = builder.in("zero", keys.groupSlots());
    int headSlots = keys.slots(groups);
    int out = builder.out("scores", map.size().heads() * headSlots);
    int together = keys.device().accumulators();
    for (int pass = 0; pass < map.size().shared(); pass++) {
      for (int q = 0; q < keys.chunks(); q++) {
        int first = pass * map.size().keyHeads() + map.firstHead(q);
        builder.add(
            new Command.WriteBuffer(keys.channels(0), keys.columns(q), 0, query + first * columns));
        for (int g = 0; g < groups; g++) {
          ChannelSet channels = keys.channels(g);
          for (int from = 0; from < map.chunkHeads(q); from += together) {
            int to = Math.min(map.chunkHeads(q), from + together);
            for (int h = from; h < to && !keys.device().clearsOnRead(); h++) {
              builder.add(new Command.WriteBias(channels, h - from, zero));
            }
            for (int h = from; h < to; h++) {
              builder.add(
                  new Command.MultiplyAll(
                      channels,
                      keys.row(q, g),
                      keys.column(q, g) + h * columns,
                      columns,
                      h * columns,
                      h - from,
                      Source.BUFFER));
            }
            for (int h = from; h < to; h++) {
              int slot = out + (first + h) * headSlots + g * keys.groupSlots();
              builder.add(new Command.ReadAccumulators(channels, h - from, slot));
            }
          }
        }
      }
    }
    return builder.end();
  }

  /**
   * The values' sum weighted by the probabilities of tokens 0 to {@code tokens - 1}: the channels
   * of a head get its probabilities. Binds {@code p}, {@code zero} and {@code sums}.
   *
   * @throws ContextException if there is no room for so many
   */
  public CommandStream weightedSum(int tokens) {
    map.check(tokens - 1);
    int columns = MatrixMap.ceil(tokens, Device.LANES);
    if (sums[columns] == null) {
      sums[columns] = buildSum(columns);
    }
    return sums[columns];
  }

  private CommandStream buildSum(int columns) {
    MatrixMap values = map.values();
    StreamBuilder builder = new StreamBuilder(values.device());
    int chunkColumns = values.chunk() / Device.LANES;
    int chunks = MatrixMap.ceil(columns, chunkColumns);
    int p = builder.in("p", map.size().heads() * columns);
    int zero = builder.in("zero", values.groupSlots());
    int chunkSlots = values.slots(values.groups());
    int out = builder.out("sums", map.size().shared() * chunks * chunkSlots);
    for (int pass = 0; pass < map.size().shared(); pass++) {
      for (int q = 0; q < chunks; q++) {
        int size = Math.min(chunkColumns, columns - q * chunkColumns);
        int together =
            Math.min(values.device().accumulators(), values.device().bufferColumns() / size);
        for (int from = 0; from < values.groups(); from += together) {
          int to = Math.min(values.groups(), from + together);
          for (int g = from; g < to; g++) {
            int head = p + pass * map.size().keyHeads() * columns + q * chunkColumns;
            writeProbabilities(builder, g, (g - from) * size, size, head, columns);
          }
          for (int g = from; g < to && !values.device().clearsOnRead(); g++) {
            builder.add(new Command.WriteBias(values.channels(g), g - from, zero));
          }
          for (int g = from; g < to; g++) {
            builder.add(
                new Command.MultiplyAll(
                    values.channels(g),
                    values.row(q, g),
                    values.column(q, g),
                    size,
                    (g - from) * size,
                    g - from,
                    Source.BUFFER));
          }
          for (int g = from; g < to; g++) {
            int slot = out + (pass * chunks + q) * chunkSlots + g * values.groupSlots();
            builder.add(new Command.ReadAccumulators(values.channels(g), g - from, slot));
          }
        }
      }
    }
    return builder.end();
  }

  /** To each run of channels that belong to one head its probabilities, in short pieces. */
  private void writeProbabilities(
      StreamBuilder builder, int group, int buffer, int size, int slot, int headSlots) {
    int perGroup = map.values().device().channels();
    int channels = map.values().channels(group).count();
    boolean differ =
        (group * perGroup) / map.headChannels()
            != (group * perGroup + channels - 1) / map.headChannels();
    int piece = differ ? PIECE : size;
    for (int from = 0; from < size; from += piece) {
      for (int channel = 0; channel < channels; ) {
        int head = (group * perGroup + channel) / map.headChannels();
        int end = Math.min(channels, (head + 1) * map.headChannels() - group * perGroup);
        builder.add(
            new Command.WriteBuffer(
                ChannelSet.range(channel, end),
                Math.min(piece, size - from),
                buffer + from,
                slot + head * headSlots + from));
        channel = end;
      }
    }
  }
}
