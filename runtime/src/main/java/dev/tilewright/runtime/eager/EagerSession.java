package dev.tilewright.runtime.eager;

import dev.tilewright.Block;
import dev.tilewright.Dim;
import dev.tilewright.Repeat;
import dev.tilewright.State;
import dev.tilewright.Tensor;
import dev.tilewright.op.Constants;
import dev.tilewright.op.Layer;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.TensorTypeException;
import dev.tilewright.op.TensorTypeException.Reason;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.SessionException;
import dev.tilewright.runtime.call.HeldRows;
import dev.tilewright.runtime.call.SessionLimits;
import dev.tilewright.runtime.call.SessionMemory;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** The states of one session as tensors on the Java heap. A call's rows count when it has ended. */
final class EagerSession implements SessionMemory {
  private final EagerModel model;
  private final Class<?> declaration;
  private final HeldRows rowsHeld;
  private final ReentrantLock turn = new ReentrantLock();
  private final Map<String, HostTensor> held = new HashMap<>();
  private final Map<String, HostTensor> appended = new HashMap<>();
  private final Set<String> windows = new HashSet<>();
  private long rows;
  private boolean closed;

  EagerSession(EagerModel model, Class<?> declaration) {
    this.model = model;
    this.declaration = declaration;
    rowsHeld = new HeldRows(limits(new BlockType(declaration)));
    if (rowsHeld.limits().equals(SessionLimits.NONE)) {
      throw new SessionException(
          SessionException.Reason.NONE,
          declaration.getName() + " remembers nothing: it declares no @State, so call it as it is");
    }
  }

  private static SessionLimits limits(BlockType type) {
    SessionLimits least = SessionLimits.NONE;
    Constants constants = new ClassConstants(type.raw());
    for (Method method : type.raw().getMethods()) {
      if (method.isAnnotationPresent(State.class)
          && Declarations.layer(method, constants) instanceof Layer.State state) {
        least = least.with(state.capacity(), state.window());
      } else if (!method.isDefault() && method.getReturnType() != Tensor.class) {
        boolean indexed = method.isAnnotationPresent(Repeat.class);
        if (indexed || method.getParameterCount() == 0) {
          BlockType inner = type.returned(method);
          if (inner.raw().isAnnotationPresent(Block.class)) {
            least = least.with(limits(inner));
          }
        }
      }
    }
    return least;
  }

  /** What it was opened of. */
  EagerModel model() {
    return model;
  }

  /** Runs a call, or one inside of it; what it appends is kept if it succeeds. */
  Object run(Call call) throws Throwable {
    turn.lock();
    try {
      requireOpen();
      Object result = call.run();
      if (turn.getHoldCount() == 1) {
        held.putAll(appended);
        rowsHeld.forget(rows);
        rowsHeld.advance(rows);
      }
      return result;
    } finally {
      if (turn.getHoldCount() == 1) {
        appended.clear();
        rows = 0;
      }
      turn.unlock();
    }
  }

  /** What a session's call does. */
  @FunctionalInterface
  interface Call {
    Object run() throws Throwable;
  }

  /** All rows that a state holds with those of the call. */
  Tensor append(String name, int window, Tensor more, String where) {
    if (more.rank() < 2 || !more.dim(0).is(1)) {
      throw new TensorTypeException(
          Reason.SHAPE,
          "a state is appended rows of [1, S, ...], those of one sequence, or in an entry with"
              + " @Ragged of [B, S, ...], not "
              + more.type());
    }
    if (appended.containsKey(name)) {
      throw new TensorTypeException(
          Reason.SPECIFICATION,
          "the state '" + name + "' is appended to a second time in one call");
    }
    long count = more.dim(1).value();
    if (!appended.isEmpty() && count != rows) {
      throw new TensorTypeException(
          Reason.SPECIFICATION,
          "a call appends "
              + count
              + " rows to the state '"
              + name
              + "', but "
              + rows
              + " to another; all states of an entry grow alike");
    }
    rowsHeld.requireRoom(where + ": the session", count);
    HostTensor before = held.get(name);
    if (window > 0) {
      windows.add(name);
      long dropped = rowsHeld.firstWith(count) - rowsHeld.first();
      before =
          dropped == 0 ? before : HostTensor.of(before.slice(1, Dim.of(dropped), before.dim(1)));
    }
    HostTensor all =
        before == null || rowsHeld.length() == 0
            ? HostTensor.of(more)
            : (HostTensor)
                EagerEvaluator.INSTANCE.apply(
                    new Primitive.Concat(1), List.of(before, HostTensor.of(more)));
    appended.put(name, all);
    rows = count;
    return all;
  }

  /** How many rows there were before the call. */
  Dim before() {
    return Dim.of(rowsHeld.length());
  }

  void requireOpen() {
    if (closed) {
      throw new SessionException(
          SessionException.Reason.CLOSED,
          "this session of " + declaration.getSimpleName() + " was closed");
    }
  }

  @Override
  public long length() {
    return rowsHeld.length();
  }

  @Override
  public int capacity() {
    return rowsHeld.limits().capacity();
  }

  @Override
  public long room() {
    return rowsHeld.room();
  }

  @Override
  public long earliest() {
    return rowsHeld.earliest();
  }

  @Override
  public long bytes() {
    return held.values().stream()
        .mapToLong(rows -> rows.type().elements().value() * rows.dtype().bytes())
        .sum();
  }

  @Override
  public void truncate(long wanted) {
    change(
        () -> {
          rowsHeld.truncate(wanted);
          if (wanted == 0) {
            held.clear();
          }
          held.replaceAll(
              (name, all) ->
                  HostTensor.of(
                      all.slice(1, Dim.ZERO, Dim.of(rowsHeld.of(windows.contains(name))))));
        });
  }

  @Override
  public SessionMemory fork() {
    EagerSession other = new EagerSession(model, declaration);
    change(
        () -> {
          other.held.putAll(held);
          other.windows.addAll(windows);
          other.rowsHeld.become(rowsHeld);
        });
    return other;
  }

  private void change(Runnable change) {
    turn.lock();
    try {
      requireOpen();
      change.run();
    } finally {
      turn.unlock();
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
        declaration.getSimpleName()
            + " runs eagerly, and its sessions are neither saved nor restored; those of"
            + " Tilewright.load are");
  }

  @Override
  public void close() {
    closed = true;
    held.clear();
  }
}
