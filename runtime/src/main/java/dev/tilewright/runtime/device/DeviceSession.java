package dev.tilewright.runtime.device;

/** The states of one session on a device. How many rows count, the caller knows. */
public interface DeviceSession extends AutoCloseable {
  /** The bytes that they take when all rows are there. */
  long bytes();

  /** Room of its own with the same rows. */
  DeviceSession fork(long rows);

  /** Gives the room back. */
  @Override
  void close();
}
