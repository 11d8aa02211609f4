package dev.tilewright.runtime.call;

import dev.tilewright.State;

/**
 * What the states of a session have room for together.
 *
 * @param capacity how many rows the smallest that keeps all can hold; {@link Integer#MAX_VALUE} if
 *     none does
 * @param window how many rows before a call's those with windows must hold; 0 without such states
 * @param recent how many rows the smallest with a window holds at a time; {@link Integer#MAX_VALUE}
 *     without such states
 */
public record SessionLimits(int capacity, int window, int recent) {
  /** Of no state. */
  public static final SessionLimits NONE =
      new SessionLimits(Integer.MAX_VALUE, 0, Integer.MAX_VALUE);

  /** With another state, as {@link State} declares it. */
  public SessionLimits with(int stateCapacity, int stateWindow) {
    return stateWindow > 0
        ? new SessionLimits(
            capacity, Math.max(window, stateWindow), Math.min(recent, stateCapacity))
        : new SessionLimits(Math.min(capacity, stateCapacity), window, recent);
  }

  /** Of both. */
  public SessionLimits with(SessionLimits other) {
    return new SessionLimits(
        Math.min(capacity, other.capacity),
        Math.max(window, other.window),
        Math.min(recent, other.recent));
  }

  /**
   * Whether a session of so many rows may hold those from a first one on in states with windows.
   */
  boolean admits(long first, long length) {
    return 0 <= first
        && first <= length
        && length <= capacity
        && length - first <= recent
        && first % State.FORGOTTEN_TOGETHER == 0
        && (first == 0 || length - first >= window);
  }
}
