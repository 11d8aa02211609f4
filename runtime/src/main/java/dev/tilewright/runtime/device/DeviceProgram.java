package dev.tilewright.runtime.device;

import dev.tilewright.runtime.DeviceReport;
import dev.tilewright.runtime.HostTensor;
import java.util.List;
import java.util.Map;

/** A model on a device. One thread at a time uses it. */
public interface DeviceProgram extends AutoCloseable {
  /**
   * Runs an entry.
   *
   * @param symbols the values of its symbols; with a session, of {@link
   *     dev.tilewright.State#CONTEXT}, too: the rows there are with those of this call
   * @param session whose states it reads and appends to; null if the entry remembers nothing
   */
  List<HostTensor> call(
      int entry, Map<String, Long> symbols, List<HostTensor> inputs, DeviceSession session);

  /**
   * Room for the states of one session.
   *
   * @throws dev.tilewright.runtime.DeviceException if there is none left
   */
  DeviceSession newSession();

  /** What the last call took; null if there was none. */
  DeviceReport report();

  /** For people: the device, and what the model takes of it. */
  String describe();

  @Override
  void close();
}
