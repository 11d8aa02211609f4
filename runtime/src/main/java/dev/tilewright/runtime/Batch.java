package dev.tilewright.runtime;

import dev.tilewright.CompiledModel;
import dev.tilewright.Ragged;
import dev.tilewright.runtime.call.SessionGroup;
import dev.tilewright.runtime.eager.EagerModel;
import java.util.List;

/**
 * Several sessions of one model in one call (continuous batching, <a
 * href="https://www.usenix.org/conference/osdi22/presentation/yu">Orca, Yu et al.</a>): weights are
 * read once for all of them. Which sessions take part, and how many rows each brings, is said call
 * by call, so that one may be told a prompt while others go on row by row. Each gets the bits that
 * it gets in a call of its own.
 *
 * {@snippet :
 * @Model public interface Listener extends CompiledModel {
 *   @State(capacity = 512) Tensor heard(Tensor rows);
 *
 *   @Entry
 *   default @Shape({"B", "2"}) Tensor mean(@Shape({"B", "S", "2"}) @Ragged Tensor x) {
 *     return heard(x).mean(1);   // of all that each session of a Batch was told
 *   }
 * }
 * }
 *
 * {@snippet :
 * try (Listener model = Tilewright.load(Listener.class, Weights.of(Map.of()));
 *     Session<Listener> a = Session.open(model);
 *     Session<Listener> b = Session.open(model)) {
 *   Batch<Listener> batch = Batch.of(model);
 *   Tensor rows = RaggedTensor.of(List.of(
 *       Tensors.floats(new long[] {2, 2}, 1, 2, 3, 4), Tensors.floats(new long[] {1, 2}, 5, 6)));
 *   Tensor means = batch.with(a, b).mean(rows);      // [2, 2]: of two rows of a, and of one of b
 *   means = batch.with(b).mean(Tensors.floats(new long[] {1, 1, 2}, 7, 8));
 * }
 * }
 *
 * The entry's parameter is {@link Ragged}. A call that fails leaves all sessions as they were. A
 * batch has no memory of its own, and is for one thread at a time.
 *
 * @param <M> the model's interface
 */
public final class Batch<M extends CompiledModel> {
  private final SessionGroup group;
  private final M model;

  private Batch(SessionGroup group, M model) {
    this.group = group;
    this.model = model;
  }

  /**
   * For the sessions of a model.
   *
   * @param model a loaded or an eager model
   * @throws IllegalArgumentException if it is another implementation of a model's interface, or the
   *     model of a session
   */
  @SuppressWarnings("unchecked") // a bound model implements what the unbound one does
  public static <M extends CompiledModel> Batch<M> of(M model) {
    SessionGroup group = SessionGroup.empty();
    if (model instanceof NativeModel compiled) {
      return new Batch<>(group, (M) compiled.bound(group));
    }
    return EagerModel.of(model)
        .map(eager -> new Batch<>(group, (M) eager.bound(group)))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "a batch is made of what Tilewright.load or Tilewright.eager gave, not of "
                        + model));
  }

  /**
   * The model whose entries read and write these sessions, one for each sequence of a call, in the
   * same order, until others are named. Calls throw {@link SessionException} if one is closed, full
   * or another model's, stands here twice, or if they are not as many as the sequences.
   *
   * @throws IllegalArgumentException if there is none
   */
  public M with(List<Session<M>> sessions) {
    requireSome(sessions.size());
    group.clear();
    for (int i = 0; i < sessions.size(); i++) {
      group.add(sessions.get(i).memory());
    }
    return model;
  }

  /** The same. */
  @SafeVarargs
  public final M with(Session<M>... sessions) {
    requireSome(sessions.length);
    group.clear();
    for (Session<M> session : sessions) {
      group.add(session.memory());
    }
    return model;
  }

  private static void requireSome(int sessions) {
    if (sessions == 0) {
      throw new IllegalArgumentException("a batch has at least one session");
    }
  }
}
