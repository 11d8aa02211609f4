package dev.tilewright.text.generation;

import dev.tilewright.runtime.TooLargeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/**
 * Contexts that have read beginnings of texts, so that the next text which begins alike, with the
 * same instructions or the same document, need not read them again. A text takes a fork of the
 * context that shares the longest beginning with it; when it is done, its context is put back and
 * serves later ones. When the contexts take too much memory, those that were least recently used
 * are closed.
 *
 * {@snippet :
 * try (PrefixCache cache = new PrefixCache(() -> CausalSession.of(Session.open(model), SmolLm2::next), 1L << 30)) {
 *   try (PrefixCache.Lease lease = cache.open(prompt)) {
 *     generator.generate(lease.context(), prompt, System.out::print);
 *   }
 *   double reused = cache.statistics().hitRate();
 * }
 * }
 *
 * Safe for use by several threads; a lease is for one.
 */
public final class PrefixCache implements AutoCloseable {
  /** Shorter beginnings are read sooner than a context is copied. */
  private static final int LEAST_SHARED = 16;

  /**
   * What the cache did.
   *
   * @param opened how many texts it opened a context for
   * @param hits how many of them began as one before
   * @param requestedTokens how many tokens the texts had
   * @param reusedTokens how many of them needed not to be read
   * @param evictions how many contexts were closed to make room
   * @param contexts how many contexts it keeps
   * @param bytes what these take when they are full
   */
  public record Statistics(
      long opened,
      long hits,
      long requestedTokens,
      long reusedTokens,
      long evictions,
      int contexts,
      long bytes) {
    /** Which part of the tokens needed not to be read, or 0 if there were none. */
    public double hitRate() {
      return requestedTokens == 0 ? 0 : (double) reusedTokens / requestedTokens;
    }
  }

  /** A context for one text, which goes back to the cache when it is closed. */
  public final class Lease implements AutoCloseable {
    private final Context context;
    private boolean closed;

    private Lease(Context context) {
      this.context = context;
    }

    /** The context; of the lease's user alone until it is closed. */
    public Context context() {
      return context;
    }

    /** Puts the context back, with all that it has read. Closing again does nothing. */
    @Override
    public void close() {
      if (!closed) {
        closed = true;
        put(context);
      }
    }
  }

  private static final class Kept {
    private final Context context;
    private long used;

    private Kept(Context context, long used) {
      this.context = context;
      this.used = used;
    }
  }

  private final Supplier<CausalSession> open;
  private final long most;
  private final List<Kept> kept = new ArrayList<>();
  private long time;
  private long bytes;
  private long opened;
  private long hits;
  private long requestedTokens;
  private long reusedTokens;
  private long evictions;
  private boolean closed;

  /**
   * An empty cache.
   *
   * @param open opens a session that has read nothing
   * @param mostBytes what the contexts kept may take together when they are full
   * @throws IllegalArgumentException if {@code mostBytes} is negative
   */
  public PrefixCache(Supplier<CausalSession> open, long mostBytes) {
    if (mostBytes < 0) {
      throw new IllegalArgumentException(
          "The cache cannot keep %d bytes; 0 keeps nothing.".formatted(mostBytes));
    }
    this.open = open;
    most = mostBytes;
  }

  /**
   * A context for a text, which has read the longest beginning that one kept has, or nothing. A
   * kept context all of which is a beginning of the text is handed out itself, others are forked.
   *
   * @throws IllegalStateException if the cache is closed
   * @throws TooLargeException if there is not enough memory, also after other contexts were closed
   */
  public synchronized Lease open(int[] text) {
    if (closed) {
      throw new IllegalStateException("The cache was closed.");
    }
    opened++;
    requestedTokens += text.length;
    Kept best = null;
    int shared = LEAST_SHARED - 1;
    for (Kept candidate : kept) {
      int same = candidate.context.reusable(text, text.length, text.length);
      if (same > shared) {
        best = candidate;
        shared = same;
      }
    }
    if (best == null) {
      return new Lease(withRoom(() -> new Context(open.get())));
    }
    hits++;
    reusedTokens += Math.min(shared, text.length - 1);
    best.used = ++time;
    if (shared == best.context.length()) {
      kept.remove(best);
      bytes -= best.context.peakBytes();
      return new Lease(best.context);
    }
    Context source = best.context;
    kept.remove(best);
    try {
      Context fork = withRoom(source::fork);
      fork.truncate(shared);
      return new Lease(fork);
    } finally {
      kept.add(best);
    }
  }

  /** Closes contexts, the least recently used first, for as long as there is not enough memory. */
  private Context withRoom(Supplier<Context> make) {
    while (true) {
      try {
        return make.get();
      } catch (TooLargeException e) {
        if (kept.isEmpty()) {
          throw e;
        }
        evict();
      }
    }
  }

  private void evict() {
    drop(kept.stream().min(Comparator.comparingLong(one -> one.used)).orElseThrow());
    evictions++;
  }

  private synchronized void put(Context context) {
    if (closed || context.length() < LEAST_SHARED || context.peakBytes() > most) {
      context.close();
      return;
    }
    int[] tokens = context.tokens();
    for (Kept other : List.copyOf(kept)) {
      int same = other.context.commonPrefix(tokens, tokens.length);
      if (same == tokens.length) {
        other.used = ++time;
        context.close();
        return;
      }
      if (same == other.context.length()) {
        drop(other);
      }
    }
    kept.add(new Kept(context, ++time));
    bytes += context.peakBytes();
    while (bytes > most) {
      evict();
    }
  }

  private void drop(Kept one) {
    kept.remove(one);
    bytes -= one.context.peakBytes();
    one.context.close();
  }

  /** What the cache did so far. */
  public synchronized Statistics statistics() {
    return new Statistics(
        opened, hits, requestedTokens, reusedTokens, evictions, kept.size(), bytes);
  }

  /** Closes the contexts kept; those that are leased close with their leases. */
  @Override
  public synchronized void close() {
    closed = true;
    List.copyOf(kept).forEach(this::drop);
  }

  @Override
  public synchronized String toString() {
    return "a cache of "
        + Arrays.toString(kept.stream().map(one -> one.context.length()).toArray());
  }
}
