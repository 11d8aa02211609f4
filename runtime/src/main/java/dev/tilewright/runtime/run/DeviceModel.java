package dev.tilewright.runtime.run;

import dev.tilewright.State;
import dev.tilewright.Tensor;
import dev.tilewright.runtime.DeviceException;
import dev.tilewright.runtime.DeviceReport;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.ModelClosedException;
import dev.tilewright.runtime.SessionException;
import dev.tilewright.runtime.SessionException.Reason;
import dev.tilewright.runtime.call.Executable;
import dev.tilewright.runtime.call.SessionGroup;
import dev.tilewright.runtime.call.SessionLimits;
import dev.tilewright.runtime.call.SessionMemory;
import dev.tilewright.runtime.call.Signature;
import dev.tilewright.runtime.device.DeviceProgram;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/** A model on a device: checks calls and keeps count of the rows of sessions. */
public final class DeviceModel implements Executable {
  private final ModelSchema schema;
  private final DeviceProgram program;
  private final ReentrantLock turn = new ReentrantLock(true);
  private boolean closed;

  public DeviceModel(ModelSchema schema, DeviceProgram program) {
    this.schema = schema;
    this.program = program;
  }

  @Override
  public String name() {
    return schema.model().substring(schema.model().lastIndexOf('.') + 1);
  }

  @Override
  public Tensor[] arguments(int entry) {
    return new Tensor[schema.entries().get(entry).inputs().size()];
  }

  @Override
  public <R> R call(
      int number, Tensor[] arguments, SessionGroup group, Function<Tensor[], R> make) {
    EntrySchema entry = schema.entries().get(number);
    String title = name() + "." + entry.name();
    Signature signature = new Signature(title, entry.symbols(), entry.inputs(), entry.ragged());
    turn.lock();
    try {
      requireOpen();
      if (entry.ragged().isPresent()) {
        throw new DeviceException(
            title
                + " takes ragged batches, and a device one sequence at a time: call an entry"
                + " without @Ragged");
      }
      long[] values = signature.bind(arguments);
      DeviceMemory session = null;
      long rows = 0;
      if (entry.session().isPresent()) {
        rows = signature.evaluate(entry.session().get().rows(), values);
        session = session(title, group);
        session.requireOpen();
        session.held().requireRoom(title + ": the session", rows);
        values[entry.symbols().indexOf(State.CONTEXT)] = session.held().length() + rows;
      }
      new EntryLimits(title, entry, signature).check(values, Sequences.NONE);
      Map<String, Long> symbols = new HashMap<>();
      for (int i = 0; i < values.length; i++) {
        symbols.put(entry.symbols().get(i), values[i]);
      }
      List<HostTensor> inputs = Arrays.stream(arguments).map(HostTensor::of).toList();
      List<HostTensor> results =
          program.call(number, symbols, inputs, session == null ? null : session.states());
      if (session != null) {
        session.held().advance(rows);
      }
      return make.apply(results.toArray(Tensor[]::new));
    } finally {
      turn.unlock();
    }
  }

  private DeviceMemory session(String title, SessionGroup group) {
    if (group == null || group.count() == 0) {
      throw new SessionException(
          Reason.NONE,
          title
              + " remembers what it was told, so call it on a session:"
              + " Session.open(model).model()");
    }
    if (group.count() > 1) {
      throw new SessionException(
          Reason.COUNT, title + ": a device takes one session a call, not " + group.count());
    }
    if (!(group.get(0) instanceof DeviceMemory session) || session.model() != this) {
      throw new SessionException(
          Reason.FOREIGN, title + ": the session is of another model than the one that is called");
    }
    return session;
  }

  private void requireOpen() {
    if (closed) {
      throw new ModelClosedException(name() + " was closed; load it again to call it");
    }
  }

  @Override
  public SessionMemory newSession() {
    turn.lock();
    try {
      requireOpen();
      int capacity =
          schema.entries().stream()
              .flatMap(entry -> entry.session().stream())
              .mapToInt(ModelSchema.SessionUse::capacity)
              .min()
              .orElseThrow(
                  () ->
                      new SessionException(
                          Reason.NONE,
                          name()
                              + " remembers nothing: it declares no @State, so call it as it is"));
      SessionLimits limits = new SessionLimits(capacity, 0, Integer.MAX_VALUE);
      return new DeviceMemory(this, program.newSession(), limits);
    } finally {
      turn.unlock();
    }
  }

  ReentrantLock turn() {
    return turn;
  }

  /** A device's memory is not this machine's: a call takes none of what is planned here. */
  @Override
  public long peakBytes(String entry, long... extents) {
    throw new UnsupportedOperationException(
        name() + " runs on a device, whose simulation nobody plans; see Device.report");
  }

  @Override
  public DeviceReport report() {
    turn.lock();
    try {
      DeviceReport report = program.report();
      if (report == null) {
        throw new IllegalStateException(name() + " was not called yet");
      }
      return report;
    } finally {
      turn.unlock();
    }
  }

  @Override
  public String describe() {
    return schema.model() + ": " + schema.library().precision() + ", " + program.describe();
  }

  @Override
  public String toString() {
    return name() + " (" + schema.library().target() + ")";
  }

  @Override
  public void close() {
    turn.lock();
    try {
      if (!closed) {
        closed = true;
        program.close();
      }
    } finally {
      turn.unlock();
    }
  }
}
