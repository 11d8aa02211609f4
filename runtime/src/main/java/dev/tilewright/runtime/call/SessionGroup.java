package dev.tilewright.runtime.call;

import java.util.Arrays;

/** The sessions that the sequences of a call go on in, in the order of the sequences. */
public final class SessionGroup {
  private SessionMemory[] members;
  private int count;

  private SessionGroup(SessionMemory... members) {
    this.members = members;
    count = members.length;
  }

  /** A session by itself. */
  public static SessionGroup of(SessionMemory member) {
    return new SessionGroup(member);
  }

  /** No session so far. */
  public static SessionGroup empty() {
    return new SessionGroup();
  }

  /** Takes all out. */
  public void clear() {
    Arrays.fill(members, null);
    count = 0;
  }

  /** Puts a session behind the others. */
  public void add(SessionMemory member) {
    if (count == members.length) {
      members = Arrays.copyOf(members, 2 * count + 1);
    }
    members[count++] = member;
  }

  public int count() {
    return count;
  }

  public SessionMemory get(int number) {
    return members[number];
  }
}
