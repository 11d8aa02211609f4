package dev.tilewright.runtime;

import dev.tilewright.CompiledModel;
import dev.tilewright.State;
import dev.tilewright.runtime.call.SessionGroup;
import dev.tilewright.runtime.call.SessionMemory;
import dev.tilewright.runtime.eager.EagerModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.Function;

/**
 * One sequence that a model works on over several calls: the memory of the model's {@link State}s.
 * Any number of sessions share the weights, the library and the workers of one model.
 *
 * {@snippet :
 * @Model public interface Listener extends CompiledModel {
 *   @State(capacity = 512) Tensor heard(Tensor rows);
 *
 *   @Entry
 *   default @Shape({"1", "2"}) Tensor mean(@Shape({"1", "S", "2"}) Tensor x) {
 *     return heard(x).mean(1);   // of all that a Session was told
 *   }
 * }
 * }
 *
 * {@snippet :
 * try (Listener model = Tilewright.load(Listener.class, Weights.of(Map.of()));
 *     Session<Listener> session = Session.open(model)) {
 *   Tensor mean = session.model().mean(Tensors.floats(new long[] {1, 3, 2}, 1, 2, 3, 4, 5, 6));
 *   mean = session.model().mean(Tensors.floats(new long[] {1, 1, 2}, 7, 8));   // of all four rows
 *   session.truncate(3);                                  // as if there were three
 * }
 * }
 *
 * A call that fails leaves the session as it was. Calls of all sessions of a model run one after
 * another, or several in one call ({@link Batch}).
 *
 * @param <M> the model's interface
 */
public final class Session<M extends CompiledModel> implements AutoCloseable {
  private final SessionMemory memory;
  private final Function<SessionMemory, M> bind;
  private final M model;

  private Session(SessionMemory memory, Function<SessionMemory, M> bind) {
    this.memory = memory;
    this.bind = bind;
    model = bind.apply(memory);
  }

  /**
   * A session that remembers nothing yet.
   *
   * @param model a loaded or an eager model
   * @throws ModelClosedException if the model was closed
   * @throws TooLargeException if there is not enough native memory
   * @throws IllegalArgumentException if it is another implementation of a model's interface, or the
   *     model of a session
   */
  @SuppressWarnings("unchecked") // a bound model implements what the unbound one does
  public static <M extends CompiledModel> Session<M> open(M model) {
    if (model instanceof NativeModel compiled) {
      return new Session<>(
          compiled.newSession(), memory -> (M) compiled.bound(SessionGroup.of(memory)));
    }
    return EagerModel.of(model)
        .map(
            eager ->
                new Session<>(
                    eager.newSession(), memory -> (M) eager.bound(SessionGroup.of(memory))))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "a session is opened of what Tilewright.load or Tilewright.eager gave, not of "
                        + model));
  }

  /** What it remembers. */
  SessionMemory memory() {
    return memory;
  }

  /**
   * The model whose entries read and write this session. Closing it closes the session, and not the
   * model that it was opened of.
   */
  public M model() {
    return model;
  }

  /** How many rows, which of a language model are tokens, the session was told. */
  public long length() {
    return memory.length();
  }

  /**
   * How many rows it can be told: the least capacity of the model's states without a {@link
   * State#window}, {@link Integer#MAX_VALUE} if all have one.
   */
  public int capacity() {
    return memory.capacity();
  }

  /** How many rows the next call may bring. */
  public long room() {
    return memory.room();
  }

  /**
   * The shortest length, but for 0, that the session can be cut to: 0 until states with a {@link
   * State#window} have forgotten rows. A session that may have to go back further is forked before.
   */
  public long earliest() {
    return memory.earliest();
  }

  /** The bytes that its memory takes when it is full. */
  public long peakBytes() {
    return memory.bytes();
  }

  /**
   * Forgets all rows from a length on: the next call goes on there.
   *
   * @param length 0, or from {@link #earliest} to {@link #length}
   * @throws SessionException if the session is closed or shorter, or rows that the next call needs
   *     were forgotten
   */
  public void truncate(long length) {
    memory.truncate(length);
  }

  /**
   * Another session that remembers the same, and goes its own way from here.
   *
   * @throws SessionException if the session is closed
   * @throws TooLargeException if there is not enough native memory
   */
  public Session<M> fork() {
    return new Session<>(memory.fork(), bind);
  }

  /**
   * Writes all that the session remembers.
   *
   * @throws SessionException if the session is closed
   */
  public void save(OutputStream out) throws IOException {
    memory.save(out);
  }

  /**
   * Replaces what the session remembers by what a session of the same model, compiled for the same
   * target in the same precision, saved.
   *
   * @throws SessionException if it was another model, or the bytes are damaged; the session is as
   *     before then
   */
  public void restore(InputStream in) throws IOException {
    memory.restore(in);
  }

  /** Frees its memory. Closing again does nothing. */
  @Override
  public void close() {
    memory.close();
  }

  @Override
  public String toString() {
    return "a session of " + model + ", " + length() + " of " + capacity() + " rows";
  }
}
