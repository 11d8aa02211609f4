package dev.tilewright.pim.batch;

import dev.tilewright.pim.command.Command;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;
import dev.tilewright.pim.map.Attention;
import dev.tilewright.pim.map.AttentionMap;
import dev.tilewright.pim.map.AttentionSize;
import dev.tilewright.pim.map.RowAllocator;
import dev.tilewright.pim.timing.DramCommand;
import dev.tilewright.pim.timing.TimingReport;
import dev.tilewright.pim.timing.TimingSimulator;
import dev.tilewright.pim.timing.Traffic;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one channel takes for one request's attention, for ordinary reads, and for both at once: all
 * by the timing simulator. A <em>head group</em> is as many heads as a row of keys holds.
 */
public final class ChannelClock {
  private static final int READS = 8192;

  /** Loads of the memory are told apart in so many steps. */
  private static final int LOADS = 16;

  /** Tokens of the attention that reads are mixed with. */
  private static final int MIXED_TOKENS = 512;

  /** Kinds of work whose time depends on the tokens. */
  enum Kind {
    SCORES,
    WEIGHTED_SUM
  }

  private record Load(Kind kind, int step, boolean oneHost) {}

  /**
   * How many times as long it takes, when both happen at once, as alone.
   *
   * @param units multiplications
   * @param reads a piece of work that waits for ordinary reads
   */
  record Slowdown(double units, double reads) {
    static final Slowdown NONE = new Slowdown(1, 1);
  }

  private final Device channel;
  private final TimingSimulator simulator;
  private final Attention attention;
  private final int groupHeads;
  private final int freeRow;
  private final Map<CommandStream, Double> seconds = new HashMap<>();
  private final Map<Load, Slowdown> slowdown = new HashMap<>();
  private final double append;
  private final double readBytes;

  /**
   * @param device of which one channel is timed
   * @param heads that a device of several holds
   * @param head dimensions of a head
   * @param context the longest
   */
  public ChannelClock(Device device, int heads, int head, int context) {
    this.channel = device.with(Parameter.CHANNELS, 1);
    this.simulator = new TimingSimulator(channel);
    this.groupHeads = Math.min(heads, Math.max(1, device.rowElements() / head));
    RowAllocator rows = new RowAllocator(channel);
    AttentionSize size = new AttentionSize(groupHeads, groupHeads, head, context);
    this.attention = new Attention(new AttentionMap(rows, "request", size));
    this.freeRow = rows.taken();
    this.append = simulator.run(attention.append(0)).seconds();
    CommandStream reads = MixedStream.of(channel, MixedStream.reads(channel, freeRow, READS));
    this.readBytes = READS * Device.COLUMN_BYTES / simulator.run(reads).seconds();
  }

  int groupHeads() {
    return groupHeads;
  }

  /** Seconds to append a token's keys and values of a head group. */
  double append() {
    return append;
  }

  /** Bytes a second that ordinary reads of whole rows get. */
  public double readBytes() {
    return readBytes;
  }

  /** Bytes a second that the data bus could carry. */
  public double busBytes() {
    return Device.COLUMN_BYTES / channel.seconds(channel.of(Parameter.BURST));
  }

  private CommandStream stream(Kind kind, int tokens) {
    return switch (kind) {
      case SCORES -> attention.scores(tokens);
      case WEIGHTED_SUM -> attention.weightedSum(tokens);
    };
  }

  /** Seconds of a head group's scores or weighted sums of one request. */
  double seconds(Kind kind, int tokens) {
    return seconds.computeIfAbsent(stream(kind, tokens), s -> simulator.run(s).seconds());
  }

  /**
   * How much longer attention and reads beside it take.
   *
   * @param load what share of the time the reads would take by themselves
   * @param oneHost whether reads are sent by the host that waits for the units' answers; so it is
   *     with one row buffer
   */
  Slowdown slowdown(Kind kind, double load, boolean oneHost) {
    int step = (int) Math.ceil(Math.min(1, load) * LOADS);
    boolean one = oneHost || !channel.dualRowBuffer();
    return step == 0
        ? Slowdown.NONE
        : slowdown.computeIfAbsent(
            new Load(kind, step, one),
            _ -> one ? mixed(kind, step / (double) LOADS) : beside(kind, step / (double) LOADS));
  }

  /** Reads of another host, evenly in time, as far as there is a place for them. */
  private Slowdown beside(Kind kind, double load) {
    CommandStream stream = mixedStream(kind);
    long alone = simulator.run(stream).cycles();
    double interval = Device.COLUMN_BYTES / (load * readBytes * channel.seconds(1));
    TimingReport both = simulator.run(stream, new Traffic(traffic(), interval));
    double share = both.count(DramCommand.RD) * interval / both.cycles();
    return new Slowdown((double) both.cycles() / alone, 1 / Math.min(1, share));
  }

  private List<Traffic.Request> traffic() {
    return MixedStream.reads(channel, freeRow, READS).stream()
        .map(c -> (Command.ReadBank) c)
        .map(c -> new Traffic.Request(false, c.bank(), c.row()))
        .toList();
  }

  private CommandStream mixedStream(Kind kind) {
    return stream(kind, Math.min(MIXED_TOKENS, attention.map().size().context()));
  }

  private Slowdown mixed(Kind kind, double load) {
    CommandStream stream = mixedStream(kind);
    double alone = simulator.run(stream).seconds();
    int count = (int) (alone * load * readBytes / Device.COLUMN_BYTES);
    List<Command> reads = MixedStream.reads(channel, freeRow, count);
    double slower = simulator.run(MixedStream.of(stream, reads)).seconds() / alone;
    return new Slowdown(slower, slower);
  }

  /** A head group's scores of one request with reads beside them, for a page. */
  public CommandStream scoresWithReads(int tokens) {
    CommandStream stream = attention.scores(tokens);
    int count = (int) (simulator.run(stream).seconds() * readBytes / Device.COLUMN_BYTES);
    return MixedStream.of(stream, MixedStream.reads(channel, freeRow, count));
  }

  /** The device of one channel. */
  public Device channel() {
    return channel;
  }
}
