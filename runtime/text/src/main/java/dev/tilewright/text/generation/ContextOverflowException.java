package dev.tilewright.text.generation;

/** A text is longer than what a session can remember. */
public final class ContextOverflowException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final long length;
  private final int capacity;

  ContextOverflowException(long length, int capacity) {
    super(
        "The text has %d tokens, of which %d fit into the context. Shorten it, or declare states of a greater capacity."
            .formatted(length, capacity));
    this.length = length;
    this.capacity = capacity;
  }

  /** How many tokens the text has. */
  public long length() {
    return length;
  }

  /** How many fit. */
  public int capacity() {
    return capacity;
  }
}
