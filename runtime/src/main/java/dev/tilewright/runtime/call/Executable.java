package dev.tilewright.runtime.call;

import dev.tilewright.Tensor;
import dev.tilewright.runtime.DeviceReport;
import java.util.function.Function;

/** What carries out a model's entries: a library on this machine, or a plan on a device. */
public interface Executable extends AutoCloseable {
  /** The interface's simple name. */
  String name();

  /** An array for an entry's arguments, which {@link #call} takes back. */
  Tensor[] arguments(int entry);

  /**
   * Calls an entry by its number.
   *
   * @param arguments one a parameter; not to be used afterwards
   * @param group what an entry that remembers does so in; null for others
   * @param make what to make of the results
   */
  <R> R call(int entry, Tensor[] arguments, SessionGroup group, Function<Tensor[], R> make);

  /** An empty session. */
  SessionMemory newSession();

  /** The bytes of workspace that a call of an entry takes. */
  long peakBytes(String entry, long... extents);

  /**
   * What the last call took on its device.
   *
   * @throws IllegalArgumentException if it runs on none
   */
  DeviceReport report();

  /** For people: what was loaded and what it takes. */
  String describe();

  @Override
  void close();
}
