package dev.tilewright.text.generation;

import java.util.concurrent.CompletableFuture;

/** One generation among several: what of its prompt was read, and what comes of it. */
final class Stream {
  final CompletableFuture<Generation> result = new CompletableFuture<>();
  private final Turn turn;
  private final int[] prompt;
  private final int prefillTokens;
  private CausalSession session;
  private int read;
  private long prefilled;

  Stream(Turn turn, int[] prompt, int prefillTokens) {
    this.turn = turn;
    this.prompt = prompt;
    this.prefillTokens = prefillTokens;
  }

  /** Gives it the session that it reads in. */
  void start(CausalBatch batch) {
    session = batch.open();
    if (prompt.length > session.capacity()) {
      int capacity = session.capacity();
      close();
      throw new ContextOverflowException(prompt.length, capacity);
    }
  }

  CausalSession session() {
    return session;
  }

  /** Whether it reads its prompt still. */
  boolean isPrefilling() {
    return read < prompt.length;
  }

  /**
   * Puts what it would read next behind other tokens.
   *
   * @param most how many, at least 1
   * @return how many they are
   */
  int next(int[] into, int at, int most) {
    if (!isPrefilling()) {
      into[at] = turn.last();
      return 1;
    }
    int few = Math.min(prefillTokens, Math.max(1, session.room()));
    int count = Math.min(Math.min(few, most), prompt.length - read);
    System.arraycopy(prompt, read, into, at, count);
    return count;
  }

  /**
   * Takes what a call gave.
   *
   * @param count how many tokens it read
   * @return whether it goes on
   */
  boolean take(int count, float[] logits, int from, int to) {
    if (isPrefilling()) {
      read += count;
      if (isPrefilling()) {
        return true;
      }
      prefilled = System.nanoTime();
    }
    try {
      FinishReason finish = turn.take(logits, from, to, session.capacity() - session.length());
      return finish == null || end(finish);
    } catch (RuntimeException e) {
      // Whatever a callback throws is this text's alone.
      return fail(e);
    }
  }

  /** Ends it if it was cancelled or its time is over; whether it goes on. */
  boolean goesOn() {
    FinishReason finish = turn.interruption();
    return finish == null || end(finish);
  }

  private boolean end(FinishReason finish) {
    long start = isPrefilling() ? System.nanoTime() : prefilled;
    try {
      Generation generation = turn.result(finish, 0, start, Speculation.NONE);
      close();
      result.complete(generation);
      return false;
    } catch (RuntimeException e) {
      return fail(e);
    }
  }

  /** Ends it by what went wrong; answers that it does not go on. */
  boolean fail(RuntimeException why) {
    close();
    result.completeExceptionally(why);
    return false;
  }

  private void close() {
    if (session != null) {
      session.close();
      session = null;
    }
  }
}
