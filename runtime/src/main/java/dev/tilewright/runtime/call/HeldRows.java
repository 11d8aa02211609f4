package dev.tilewright.runtime.call;

import dev.tilewright.State;
import dev.tilewright.runtime.SessionException;
import dev.tilewright.runtime.SessionException.Reason;

/**
 * Which rows a session holds: {@code [0, length)} in states that keep all, {@code [first, length)}
 * in those with windows. First is a multiple of {@link State#FORGOTTEN_TOGETHER}, and grows when a
 * call's rows do not fit otherwise.
 */
public final class HeldRows {
  private final SessionLimits limits;
  private long first;
  private long length;

  /** None so far. */
  public HeldRows(SessionLimits limits) {
    this.limits = limits;
  }

  /** How many rows the session was told, the forgotten ones included. */
  public long length() {
    return length;
  }

  /** The first row that states with windows hold. */
  public long first() {
    return first;
  }

  /** How many rows states with windows hold. */
  public long recent() {
    return length - first;
  }

  /** What there is room for. */
  public SessionLimits limits() {
    return limits;
  }

  /** How many rows a state holds. */
  public long of(boolean window) {
    return window ? recent() : length;
  }

  /** How many rows the next call may bring. */
  public long room() {
    return Math.min(limits.capacity() - length, limits.recent() - (length - needed()));
  }

  /** The shortest length, but for 0, that the session can be cut to. */
  public long earliest() {
    return first == 0 ? 0 : first + limits.window();
  }

  /**
   * @param who holds them, for messages
   * @throws SessionException if a call cannot bring so many rows
   */
  public void requireRoom(String who, long rows) {
    if (rows > limits.capacity() - length) {
      throw new SessionException(
          Reason.FULL,
          "%s holds %d of at most %d rows, and %d more do not fit; truncate it, open another, or declare a larger capacity"
              .formatted(who, length, limits.capacity(), rows));
    }
    if (rows > room()) {
      throw new SessionException(
          Reason.FULL,
          "%s keeps %d rows before a call's %d in states with a window, which hold %d; bring at most %d rows in a call, or declare a larger capacity"
              .formatted(who, length - needed(), rows, limits.recent(), room()));
    }
  }

  /** The first row that is left when so many more have come. */
  public long firstWith(long rows) {
    return recent() + rows > limits.recent() ? needed() : first;
  }

  /** Forgets what must be for so many more to fit. */
  public void forget(long rows) {
    first = firstWith(rows);
  }

  /** Takes the rows of a call. */
  public void advance(long rows) {
    length += rows;
  }

  /** Takes what another session holds. */
  public void become(HeldRows other) {
    become(other.first, other.length);
  }

  /** Takes rows that {@link SessionLimits#admits}. */
  public void become(long newFirst, long newLength) {
    first = newFirst;
    length = newLength;
  }

  /**
   * Cuts back to the first rows.
   *
   * @throws SessionException if there are fewer, or some that the next row needs were forgotten
   */
  public void truncate(long wanted) {
    if (wanted < 0 || wanted > length) {
      throw new SessionException(
          Reason.LENGTH,
          "a session of " + length + " rows cannot be cut to " + wanted + ": give 0 to " + length);
    }
    if (wanted != 0 && wanted < earliest()) {
      throw new SessionException(
          Reason.FORGOTTEN,
          "a session of %d rows cannot be cut to %d: its states with a window of %d hold the rows from %d on; cut it to %d to %d, or to 0 and tell it anew, fork it while it is short, or declare a larger capacity"
              .formatted(length, wanted, limits.window(), first, earliest(), length));
    }
    length = wanted;
    first = wanted == 0 ? 0 : first;
  }

  /** From where on states with windows must hold rows for the next. */
  private long needed() {
    long behind = Math.max(0, length - limits.window());
    return Math.max(first, behind - behind % State.FORGOTTEN_TOGETHER);
  }
}
