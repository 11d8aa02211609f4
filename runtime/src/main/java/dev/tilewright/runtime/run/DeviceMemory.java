package dev.tilewright.runtime.run;

import dev.tilewright.runtime.SessionException;
import dev.tilewright.runtime.SessionException.Reason;
import dev.tilewright.runtime.call.HeldRows;
import dev.tilewright.runtime.call.SessionLimits;
import dev.tilewright.runtime.call.SessionMemory;
import dev.tilewright.runtime.device.DeviceSession;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.Supplier;

/** A session whose states, which keep all rows, lie on a device. */
final class DeviceMemory implements SessionMemory {
  private final DeviceModel model;
  private final DeviceSession states;
  private final HeldRows held;
  private boolean closed;

  /**
   * An empty session.
   *
   * @param states room for as many rows as the limits say
   */
  DeviceMemory(DeviceModel model, DeviceSession states, SessionLimits limits) {
    this.model = model;
    this.states = states;
    held = new HeldRows(limits);
  }

  DeviceModel model() {
    return model;
  }

  DeviceSession states() {
    return states;
  }

  /** For a caller that has the turn. */
  HeldRows held() {
    return held;
  }

  void requireOpen() {
    if (closed) {
      throw new SessionException(Reason.CLOSED, "this session of " + model.name() + " was closed");
    }
  }

  @Override
  public long length() {
    return locked(held::length);
  }

  @Override
  public long room() {
    return locked(held::room);
  }

  @Override
  public long earliest() {
    return locked(held::earliest);
  }

  @Override
  public int capacity() {
    return held.limits().capacity();
  }

  @Override
  public long bytes() {
    return states.bytes();
  }

  @Override
  public void truncate(long length) {
    locked(
        () -> {
          requireOpen();
          held.truncate(length);
          return null;
        });
  }

  @Override
  public SessionMemory fork() {
    return locked(
        () -> {
          requireOpen();
          DeviceMemory other = new DeviceMemory(model, states.fork(held.length()), held.limits());
          other.held.become(held);
          return other;
        });
  }

  private <T> T locked(Supplier<T> use) {
    model.turn().lock();
    try {
      return use.get();
    } finally {
      model.turn().unlock();
    }
  }

  @Override
  public void save(OutputStream out) {
    throw notSaved();
  }

  @Override
  public void restore(InputStream in) {
    throw notSaved();
  }

  private UnsupportedOperationException notSaved() {
    return new UnsupportedOperationException(
        model.name() + " runs on a device, whose sessions are neither saved nor restored");
  }

  @Override
  public void close() {
    locked(
        () -> {
          if (!closed) {
            closed = true;
            states.close();
          }
          return null;
        });
  }
}
