package dev.tilewright.pim.batch;

import java.util.List;

/**
 * A piece of a batched step.
 *
 * @param name what it is
 * @param part of the batch
 * @param layer of the transformer
 * @param unit that does it
 * @param seconds alone
 * @param kind of the memory's work, or null
 * @param load what share of its time a product waits for reads, 0 of others
 * @param after what it waits for
 */
record Task(
    String name,
    int part,
    int layer,
    Unit unit,
    double seconds,
    ChannelClock.Kind kind,
    double load,
    List<Task> after) {

  /** What works on its own. */
  enum Unit {
    ARRAYS,
    LANES,
    MEMORY
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
