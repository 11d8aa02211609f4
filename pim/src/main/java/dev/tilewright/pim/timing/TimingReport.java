package dev.tilewright.pim.timing;

import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;

/** What a run of the timing simulator gave, summed over the channels. */
public final class TimingReport {
  private final Device device;
  private final long cycles;
  private final long stalled;
  private final long[] decoded;
  private final long[] counts = new long[DramCommand.COUNT];
  private final long[] misses = new long[DramCommand.COUNT];

  TimingReport(Device device, long cycles, long stalled, long[] decoded, Channel[] channels) {
    this.device = device;
    this.cycles = cycles;
    this.stalled = stalled;
    this.decoded = decoded;
    for (Channel channel : channels) {
      for (int i = 0; i < counts.length; i++) {
        counts[i] += channel.counts[i];
        misses[i] += channel.misses[i];
      }
    }
  }

  /** From the first command's decoding to the end of the last. */
  public long cycles() {
    return cycles;
  }

  public double seconds() {
    return device.seconds(cycles);
  }

  /** How many of a command all channels issued. */
  public long count(DramCommand command) {
    return counts[command.number()];
  }

  /** How many commands all channels issued. */
  public long commands() {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }

  /** The share of a command's accesses that found their row open; 1 if there was none. */
  public double rowHits(DramCommand command) {
    long accesses = count(command);
    return accesses == 0 ? 1 : 1 - (double) misses[command.number()] / accesses;
  }

  /** The share of all accesses to rows that found them open; 1 if there was none. */
  public double rowHits() {
    long accesses = 0;
    long missed = 0;
    for (DramCommand command : DramCommand.values()) {
      if (command.needsRow()) {
        accesses += count(command);
        missed += misses[command.number()];
      }
    }
    return accesses == 0 ? 1 : 1 - (double) missed / accesses;
  }

  /** Switches between register mode and the other commands. */
  public long modeSwitches() {
    return count(DramCommand.TMOD);
  }

  /** Cycles that the host waited for a queue's place or an answer. */
  public long hostStalls() {
    return stalled;
  }

  /** The cycle in which the host decoded command {@code index} of the stream. */
  public long decoded(int index) {
    return decoded[index];
  }

  /** Bytes over the external data buses, each way. */
  public long busBytes() {
    long columns = 0;
    for (DramCommand command : DramCommand.values()) {
      if (command.bus()) {
        columns += count(command);
      }
    }
    return columns * Device.COLUMN_BYTES;
  }

  /** The share of time that the data buses carry data, averaged over the channels. */
  public double busUtilisation() {
    double busy = (double) busBytes() / Device.COLUMN_BYTES * device.of(Parameter.BURST);
    return busy / ((double) cycles * device.channels());
  }

  /** The share of time that the banks' units multiply, averaged over all banks. */
  public double bankUtilisation() {
    double columns = count(DramCommand.MAC_ALL) + (double) count(DramCommand.MAC) / device.banks();
    return columns * device.of(Parameter.COLUMN_SAME_GROUP) / ((double) cycles * device.channels());
  }
}
