package dev.tilewright.runtime.run;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.SessionException;
import dev.tilewright.runtime.SessionException.Reason;
import dev.tilewright.runtime.TooLargeException;
import dev.tilewright.runtime.bind.Libc;
import dev.tilewright.runtime.bind.Words;
import dev.tilewright.runtime.call.HeldRows;
import dev.tilewright.runtime.call.SessionImage;
import dev.tilewright.runtime.call.SessionImage.StateRows;
import dev.tilewright.runtime.call.SessionLimits;
import dev.tilewright.runtime.call.SessionMemory;
import dev.tilewright.schema.ModelSchema.Layout;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import dev.tilewright.schema.RaggedAxes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The states of one session in native memory, each with room for its capacity, and a table like the
 * model's weight table that leads to them.
 */
final class NativeSession implements SessionMemory {
  private static final long LINE = 64;

  private final List<WeightRecipe> words;
  private final MemorySegment weights;
  private final String owner;
  private final ReentrantLock turn;
  private final Arena arena;
  private final MemorySegment table;
  private final List<StateRows> states = new ArrayList<>();
  private final HeldRows held;
  private final long address;
  private final long bytes;
  private long call;
  private boolean closed;

  /**
   * An empty session.
   *
   * @param words the model's weight table
   * @param weights the addresses of the model's weights
   * @param owner the model, for messages and for {@link #save}
   * @param turn held while the model runs
   * @throws TooLargeException if there is not enough memory
   */
  @SuppressWarnings("MustBeClosedChecker") // close() does
  NativeSession(List<WeightRecipe> words, MemorySegment weights, String owner, ReentrantLock turn) {
    this.words = words;
    this.weights = weights;
    this.owner = owner;
    this.turn = turn;
    long[] addresses = weights.toArray(JAVA_LONG);
    long end = 0;
    SessionLimits limits = SessionLimits.NONE;
    for (WeightRecipe word : byName(words, owner).values()) {
      Layout.Session session = (Layout.Session) word.layout();
      end = Math.addExact(end, room(word, session));
      limits = limits.with(session.capacity(), session.window());
    }
    if (end == 0) {
      throw new SessionException(
          Reason.NONE, owner + " remembers nothing: it declares no @State, so call it as it is");
    }
    held = new HeldRows(limits);
    bytes = end;
    arena = Arena.ofShared();
    try {
      // On small pages, so that a session of few rows takes, and zeroes, little.
      MemorySegment block = Libc.allocate(end + RaggedAxes.PLACE, false, arena);
      MemorySegment memory = block.asSlice(-block.address() & (RaggedAxes.PLACE - 1), end);
      address = memory.address();
      Map<String, MemorySegment> places = new HashMap<>();
      long at = 0;
      for (int i = 0; i < words.size(); i++) {
        WeightRecipe word = words.get(i);
        if (word.layout() instanceof Layout.Session session) {
          String name = name(word);
          if (!places.containsKey(name)) {
            long room = room(word, session);
            MemorySegment rows = memory.asSlice(at, room);
            places.put(name, rows);
            states.add(new StateRows(name, rowBytes(word), session.window() > 0, rows));
            at += room;
          }
          addresses[i] = places.get(name).address();
        }
      }
      table = arena.allocate(JAVA_LONG, addresses.length);
      Words.write(table, 0, addresses);
    } catch (OutOfMemoryError e) {
      arena.close();
      throw new TooLargeException(
          "a session of "
              + owner
              + " takes "
              + end
              + " bytes of native memory, which the system refuses: "
              + e.getMessage()
              + "; declare a smaller capacity",
          e);
    }
  }

  /** The states by their names, as each entry that uses one has a word of its own for it. */
  private static Map<String, WeightRecipe> byName(List<WeightRecipe> words, String owner) {
    Map<String, WeightRecipe> states = new LinkedHashMap<>();
    for (WeightRecipe word : words) {
      if (word.layout() instanceof Layout.Session) {
        WeightRecipe other = states.putIfAbsent(name(word), word);
        if (other != null && rowBytes(other) != rowBytes(word)) {
          throw new SessionException(
              Reason.NONE,
              "%s keeps the state '%s' as %s for one entry and as %s for another; compute alike what reads it in both"
                  .formatted(
                      owner,
                      name(word),
                      other.parts().getFirst().type(),
                      word.parts().getFirst().type()));
        }
      }
    }
    return states;
  }

  private static String name(WeightRecipe word) {
    return word.parts().getFirst().name();
  }

  private static long room(WeightRecipe word, Layout.Session session) {
    long rows = Math.multiplyExact(rowBytes(word), (long) session.capacity());
    return Math.addExact(rows, LINE - 1) & -LINE;
  }

  /** What a row of {@code [1, context, ..]} takes. */
  private static long rowBytes(WeightRecipe word) {
    TensorType type = word.parts().getFirst().type();
    long elements = type.dtype().bytes();
    for (int axis = 2; axis < type.rank(); axis++) {
      elements = Math.multiplyExact(elements, type.dim(axis).value());
    }
    return elements;
  }

  /** The words that kernels find weights and states by. */
  MemorySegment table() {
    return table;
  }

  /** Where its states begin, at a multiple of {@link RaggedAxes#PLACE}. */
  long address() {
    return address;
  }

  /** Whether it belongs to the model that holds this lock while it runs. */
  @SuppressWarnings("ReferenceEquality") // each model has one of its own
  boolean isOf(Object lock) {
    return turn == lock;
  }

  /** Takes part in a call; false if it does so already. */
  boolean enter(long number) {
    boolean first = call != number;
    call = number;
    return first;
  }

  /** How many rows it holds, for a caller that has the turn. */
  long rows() {
    return held.length();
  }

  /** How many of them its states with windows hold. */
  long recent() {
    return held.recent();
  }

  /** Forgets rows that no window sees any more, if there is no room for others otherwise. */
  void makeRoom(long rows) {
    long dropped = held.firstWith(rows) - held.first();
    if (dropped > 0) {
      held.forget(rows);
      for (StateRows state : states) {
        if (state.window()) {
          MemorySegment.copy(
              state.rows(), dropped * state.rowBytes(), state.rows(), 0, state.bytes(held));
        }
      }
    }
  }

  /** Takes the rows that a call has written. */
  void advance(long rows) {
    held.advance(rows);
  }

  /**
   * Throws {@link SessionException} if it is closed, or more rows do not fit.
   *
   * @param entry for messages
   * @param number of the session in its batch; -1 if it is alone
   */
  void requireRoom(String entry, int number, long rows) {
    requireOpen();
    if (rows > held.room()) {
      held.requireRoom(entry + (number < 0 ? ": the session" : ": session " + number), rows);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new SessionException(Reason.CLOSED, "this session of " + owner + " was closed");
    }
  }

  @Override
  public long length() {
    turn.lock();
    try {
      return held.length();
    } finally {
      turn.unlock();
    }
  }

  @Override
  public int capacity() {
    return held.limits().capacity();
  }

  @Override
  public long room() {
    turn.lock();
    try {
      return held.room();
    } finally {
      turn.unlock();
    }
  }

  @Override
  public long earliest() {
    turn.lock();
    try {
      return held.earliest();
    } finally {
      turn.unlock();
    }
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public void truncate(long rows) {
    turn.lock();
    try {
      requireOpen();
      held.truncate(rows);
    } finally {
      turn.unlock();
    }
  }

  @Override
  public SessionMemory fork() {
    turn.lock();
    try {
      requireOpen();
      NativeSession other = new NativeSession(words, weights, owner, turn);
      for (int i = 0; i < states.size(); i++) {
        StateRows own = states.get(i);
        MemorySegment.copy(own.rows(), 0, other.states.get(i).rows(), 0, own.bytes(held));
      }
      other.held.become(held);
      return other;
    } finally {
      turn.unlock();
    }
  }

  @Override
  public void save(OutputStream out) throws IOException {
    turn.lock();
    try {
      requireOpen();
      image().write(out);
    } finally {
      turn.unlock();
    }
  }

  @Override
  public void restore(InputStream in) throws IOException {
    SessionImage saved = SessionImage.read(in, image(), held.limits());
    turn.lock();
    try {
      requireOpen();
      for (int i = 0; i < states.size(); i++) {
        MemorySegment rows = saved.states().get(i).rows();
        MemorySegment.copy(rows, 0, states.get(i).rows(), 0, rows.byteSize());
      }
      held.become(saved.first(), saved.length());
    } finally {
      turn.unlock();
    }
  }

  private SessionImage image() {
    return new SessionImage(owner, held.length(), held.first(), states);
  }

  @Override
  public void close() {
    turn.lock();
    try {
      if (!closed) {
        closed = true;
        arena.close();
      }
    } finally {
      turn.unlock();
    }
  }
}
