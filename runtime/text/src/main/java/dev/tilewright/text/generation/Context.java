package dev.tilewright.text.generation;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * A session that knows which tokens it has read, so that of a prompt it reads only what is new: the
 * next turn of a conversation, or another question about the same text. Not safe for use by several
 * threads.
 *
 * {@snippet :
 * try (Context context = new Context(CausalSession.of(Session.open(model), SmolLm2::next))) {
 *   generator.generate(context, prompt, System.out::print);
 * }
 * }
 */
public final class Context implements AutoCloseable {
  private final CausalSession session;
  private int[] tokens;

  /**
   * A context over a session that has read nothing yet; it closes with the context.
   *
   * @throws IllegalArgumentException if the session remembers tokens, which nobody named
   */
  public Context(CausalSession session) {
    if (session.length() != 0) {
      throw new IllegalArgumentException(
          "The session has read %d tokens already, and what they were is not known. Truncate it to 0."
              .formatted(session.length()));
    }
    this.session = session;
    this.tokens = new int[Math.min(session.capacity(), 1024)];
  }

  private Context(CausalSession session, int[] tokens) {
    this.session = session;
    this.tokens = tokens;
  }

  /** How many tokens it remembers. */
  public int length() {
    return session.length();
  }

  /** How many it can remember. */
  public int capacity() {
    return session.capacity();
  }

  /** How many tokens the next call may bring. */
  public int room() {
    return session.room();
  }

  /** The bytes that its memory takes when it is full. */
  public long peakBytes() {
    return session.peakBytes();
  }

  /** The tokens that it remembers, a copy. */
  public int[] tokens() {
    return Arrays.copyOf(tokens, length());
  }

  /**
   * The token at a place.
   *
   * @throws IndexOutOfBoundsException if it does not remember so many
   */
  public int token(int place) {
    return tokens[Objects.checkIndex(place, length())];
  }

  /** With how many tokens, of those that it has read, a text begins. */
  public int commonPrefix(int[] text, int length) {
    int most = Math.min(length, length());
    int mismatch = Arrays.mismatch(tokens, 0, most, text, 0, most);
    return mismatch < 0 ? most : mismatch;
  }

  /**
   * How many tokens of a text need not be read again: as many as it begins with, of those that the
   * context has read, or none where a model with windows has forgotten what comes before these.
   *
   * @param most how many at most
   */
  int reusable(int[] text, int length, int most) {
    int same = Math.min(commonPrefix(text, length), most);
    return same < session.earliest() ? 0 : same;
  }

  /**
   * Forgets all but the first tokens.
   *
   * @throws dev.tilewright.runtime.SessionException if it remembers fewer, or has forgotten what
   *     comes before
   */
  public void truncate(int length) {
    session.truncate(length);
  }

  /**
   * Another context that remembers the same.
   *
   * @throws dev.tilewright.runtime.TooLargeException if there is not enough memory
   */
  public Context fork() {
    return new Context(session.fork(), tokens.clone());
  }

  /**
   * Appends tokens.
   *
   * @return the logits of what follows the last, until the next call
   * @throws ContextOverflowException if they do not fit; the context is as before
   */
  public float[] append(int[] ids, int from, int to) {
    reserve(to - from);
    int at = length();
    float[] logits = session.next(ids, from, to);
    System.arraycopy(ids, from, tokens, at, to - from);
    return logits;
  }

  /**
   * Appends tokens.
   *
   * @return the logits of what follows each, row after row, until the next call
   * @throws ContextOverflowException if they do not fit; the context is as before
   * @throws UnsupportedOperationException if the session has no such entry
   */
  public float[] appendEach(int[] ids, int from, int to) {
    reserve(to - from);
    int at = length();
    float[] logits = session.each(ids, from, to);
    System.arraycopy(ids, from, tokens, at, to - from);
    return logits;
  }

  /**
   * Appends a tree of tokens, of which all but the first branch, the tokens that lie as deep as
   * they are far from the first, are to be forgotten with {@link #truncate}.
   *
   * @return the logits of what follows each, row after row, until the next call
   * @throws ContextOverflowException if they do not fit; the context is as before
   * @throws UnsupportedOperationException if the session has no such entry
   */
  float[] appendTree(int[] ids, int[] depths, int[] ends) {
    reserve(ids.length);
    int at = length();
    float[] logits = session.tree(ids, depths, ends);
    System.arraycopy(ids, 0, tokens, at, ids.length);
    return logits;
  }

  private void reserve(int more) {
    if (more > capacity() - length()) {
      throw new ContextOverflowException(length() + (long) more, capacity());
    }
    if (length() + more > tokens.length) {
      tokens = Arrays.copyOf(tokens, Math.max(length() + more, 2 * tokens.length));
    }
  }

  /**
   * Makes the context remember just these tokens: keeps the beginning that is the same, forgets
   * what is not, and reads the rest, at least the last token.
   *
   * @param piece how many tokens to read in a call
   * @param stop asked before each call; whether to read no further
   * @return the logits of what follows the last, until the next call; none if it was stopped
   * @throws ContextOverflowException if they do not fit; the context is as before
   */
  float[] read(int[] text, int length, int piece, BooleanSupplier stop) {
    if (length > capacity()) {
      throw new ContextOverflowException(length, capacity());
    }
    int at = reusable(text, length, length - 1);
    truncate(at);
    float[] logits = {};
    while (at < length && !stop.getAsBoolean()) {
      int to = Math.min(length, at + Math.max(1, Math.min(piece, room())));
      logits = append(text, at, to);
      at = to;
    }
    return at < length ? new float[0] : logits;
  }

  /** Frees its memory; the model stays open. */
  @Override
  public void close() {
    session.close();
  }
}
