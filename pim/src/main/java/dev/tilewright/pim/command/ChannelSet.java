package dev.tilewright.pim.command;

import java.util.stream.IntStream;

/**
 * Channels that carry out a command.
 *
 * @param bits bit {@code c} is channel {@code c}, at most 32 of them
 */
public record ChannelSet(int bits) {

  /** Channels 0 to {@code count - 1}. */
  public static ChannelSet first(int count) {
    return range(0, count);
  }

  /** Channels {@code from} to {@code to - 1}. */
  public static ChannelSet range(int from, int to) {
    if (from < 0 || to > Integer.SIZE || from >= to) {
      throw new IllegalArgumentException(
          "channels %d to %d: give a range within 0 to 32".formatted(from, to));
    }
    return new ChannelSet((int) (((1L << to) - 1) & -(1L << from)));
  }

  public static ChannelSet of(int channel) {
    return range(channel, channel + 1);
  }

  public boolean has(int channel) {
    return (bits >>> channel & 1) != 0;
  }

  public int count() {
    return Integer.bitCount(bits);
  }

  /** How many of the channels are below {@code channel}: its place in the set. */
  public int place(int channel) {
    return Integer.bitCount(bits & ((1 << channel) - 1));
  }

  /** The lowest channel, or 32 of the empty set. */
  public int lowest() {
    return Integer.numberOfTrailingZeros(bits);
  }

  /** The highest channel, or -1 of the empty set. */
  public int highest() {
    return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(bits);
  }

  /** The channels, ascending. */
  public IntStream stream() {
    return IntStream.range(0, Integer.SIZE).filter(this::has);
  }

  /** As in {@code 0-7,12}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int from = 0; from < Integer.SIZE; from++) {
      if (has(from)) {
        int to = from;
        while (to + 1 < Integer.SIZE && has(to + 1)) {
          to++;
        }
        text.append(text.isEmpty() ? "" : ",").append(from);
        if (to > from) {
          text.append('-').append(to);
        }
        from = to;
      }
    }
    return text.isEmpty() ? "none" : text.toString();
  }
}
