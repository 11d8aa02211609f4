package dev.tilewright.runtime;

/** A session cannot do what was asked of it; what it remembers is as before. */
public final class SessionException extends TilewrightException {
  private static final long serialVersionUID = 1L;

  /** What is wrong. */
  public enum Reason {
    /** An entry that remembers was called on a model and not on a session's. */
    NONE,
    /** The session or its model was closed. */
    CLOSED,
    /** The rows do not fit behind those that the session holds. */
    FULL,
    /** There are fewer rows than were asked for. */
    LENGTH,
    /** Rows that would be needed were forgotten by states with a window. */
    FORGOTTEN,
    /** What is to be restored was saved by another model, or is damaged; a session of another. */
    FOREIGN,
    /** A call of several sessions names one twice. */
    TWICE,
    /** A call has not one session for each of its sequences. */
    COUNT
  }

  private final Reason reason;

  public SessionException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** What is wrong. */
  public Reason reason() {
    return reason;
  }
}
