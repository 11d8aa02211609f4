package dev.tilewright.runtime.run;

import dev.tilewright.runtime.SessionException;
import dev.tilewright.runtime.SessionException.Reason;
import dev.tilewright.runtime.call.SessionGroup;
import dev.tilewright.schema.RaggedAxes;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** The sessions of the call at hand. One of a model, since its calls run one after another. */
final class SessionCall {
  private NativeSession[] sessions = new NativeSession[1];
  private int[] rows = new int[1];
  private int[] contexts = new int[1];
  private int[] places = new int[1];
  private int count;
  private int[] recents = new int[1];
  private int[] held = new int[1];
  private int context;
  private int recent;
  private long number;
  private NativeSession lowest;

  /**
   * Takes the sessions of a call, each with room for what the call brings.
   *
   * @param model that they must be of
   * @throws SessionException if they do not fit the call or the model; names which
   */
  void enter(NativeEntry entry, SessionGroup group, CallPlan plan, Object model) {
    count = group == null ? 0 : group.count();
    if (count == 0) {
      throw new SessionException(
          Reason.NONE,
          entry.name()
              + " remembers what it was told, so call it on a session:"
              + " Session.open(model).model()");
    }
    if (count != plan.sequences()) {
      throw new SessionException(
          Reason.COUNT,
          "%s: the call brings %d sequences for %d sessions; each goes on in its own%s"
              .formatted(
                  entry.name(),
                  plan.sequences(),
                  count,
                  entry.isRagged() ? "" : ", and for several the parameter is declared @Ragged"));
    }
    if (count > sessions.length) {
      sessions = new NativeSession[2 * count];
      rows = new int[2 * count];
      contexts = new int[2 * count];
      places = new int[2 * count];
      recents = new int[2 * count];
      held = new int[2 * count];
    }
    number++;
    for (int i = 0; i < count; i++) {
      sessions[i] = member(entry, group, i, model);
      sessions[i].requireRoom(entry.name(), count == 1 ? -1 : i, plan.rows(i));
    }
    for (int i = 0; i < count; i++) {
      sessions[i].makeRoom(plan.rows(i));
      rows[i] = Math.toIntExact(sessions[i].rows() + plan.rows(i));
      held[i] = Math.toIntExact(sessions[i].recent() + plan.rows(i));
    }
  }

  /**
   * Takes those of a run.
   *
   * @throws SessionException if they cannot take part in one run
   */
  void select(int first, int size) {
    lowest = sessions[first];
    context = 0;
    recent = 0;
    for (int i = first; i < first + size; i++) {
      lowest = sessions[i].address() < lowest.address() ? sessions[i] : lowest;
      context = Math.max(context, rows[i]);
      recent = Math.max(recent, held[i]);
    }
    for (int i = 0; i < size; i++) {
      contexts[i] = rows[first + i];
      recents[i] = held[first + i];
      long place = (sessions[first + i].address() - lowest.address()) / RaggedAxes.PLACE;
      if (place >= Integer.MAX_VALUE) {
        throw new SessionException(
            Reason.COUNT,
            "the memory of session "
                + (first + i)
                + " lies too far from the others' for one call; call it by itself");
      }
      places[i] = (int) place;
    }
  }

  private NativeSession member(NativeEntry entry, SessionGroup group, int i, Object model) {
    if (!(group.get(i) instanceof NativeSession session) || !session.isOf(model)) {
      throw new SessionException(
          Reason.FOREIGN,
          entry.name() + ": session " + i + " is of another model than the one that is called");
    }
    if (!session.enter(number)) {
      throw new SessionException(
          Reason.TWICE,
          entry.name()
              + ": session "
              + i
              + " stands in the batch a second time; fork it to go on in two ways");
    }
    return session;
  }

  /**
   * The words that kernels find weights and states by, the states of the run's lowest in memory.
   */
  MemorySegment table() {
    return lowest.table();
  }

  /** The rows of each of the run's sessions with those of the call. */
  int[] contexts() {
    return contexts;
  }

  /**
   * How far the states of each of the run's sessions lie behind the table's, in {@link
   * RaggedAxes#PLACE}.
   */
  int[] places() {
    return places;
  }

  /** The rows of the run's longest session with those of the call. */
  long context() {
    return context;
  }

  /**
   * The rows that each of the run's sessions holds in states with windows, with those of the call.
   */
  int[] recents() {
    return recents;
  }

  /** The most of these. */
  long recent() {
    return recent;
  }

  /** Takes the rows that the call has written. */
  void advance(CallPlan plan) {
    for (int i = 0; i < count; i++) {
      sessions[i].advance(plan.rows(i));
    }
  }

  /** Lets go of the sessions. */
  void leave() {
    Arrays.fill(sessions, null);
    lowest = null;
  }
}
