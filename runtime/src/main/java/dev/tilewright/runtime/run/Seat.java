package dev.tilewright.runtime.run;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.tilewright.runtime.bind.Libc;
import dev.tilewright.runtime.bind.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Binds a thread to a processor of its own while it works, so that two workers never wait for each
 * other on one. The processor is among those that the thread may run on at that moment (the
 * process's, the container's, the user's choice), best the one that it is on already: the system
 * woke it where nothing else ran. Leaving the seat gives the thread its former freedom back.
 */
final class Seat {
  private static final int NONE = -1;

  /** Words of a mask: for 8192 processors, the most that Linux is built for. */
  private static final int WORDS = 128;

  /** How many seats of this JVM are on each processor. */
  private static final int[] TAKEN = new int[WORDS * Long.SIZE];

  private final MemorySegment free;
  private final MemorySegment bound;
  private final long[] words = new long[WORDS];
  private final MemorySegment wordBytes = MemorySegment.ofArray(words);
  private int thread = Libc.THIS_THREAD;
  private boolean tried;
  private boolean called;
  private int processor = NONE;

  /** A seat for one thread, whose masks are kept in the arena. */
  Seat(Arena arena) {
    free = arena.allocate(JAVA_LONG, WORDS);
    bound = arena.allocate(JAVA_LONG, WORDS);
  }

  /** Makes this the seat of the calling thread. */
  void own() {
    thread = Libc.thread();
  }

  /** How many processors the calling thread may run on; 0 where threads cannot be bound. */
  static int processors() {
    if (!Libc.hasAffinity()) {
      return 0;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mask = arena.allocate(JAVA_LONG, WORDS);
      int count = 0;
      if (Libc.readAffinity(Libc.THIS_THREAD, mask)) {
        long[] words = new long[WORDS];
        Words.read(mask, MemorySegment.ofArray(words));
        for (long word : words) {
          count += Long.bitCount(word);
        }
      }
      return count;
    }
  }

  /**
   * Sees to it that the calling thread is bound to another processor than the given one, if it can
   * be. Does nothing, in particular no system call, where that was done before.
   */
  void takeApartFrom(int other) {
    if (!tried || processor == other) {
      if (tried) {
        leave();
      }
      tried = true;
      take(other);
    }
  }

  /**
   * Called by another thread, before it wakes that of this seat: keeps it away from a processor, so
   * that the system does not put it there to wait until the waking thread's turn is over.
   */
  void callApartFrom(int other) {
    if (thread == Libc.THIS_THREAD || other < 0 || !Libc.readAffinity(thread, free)) {
      return;
    }
    Words.read(free, wordBytes);
    words[other / Long.SIZE] &= ~(1L << other);
    MemorySegment.copy(wordBytes, 0, bound, 0, bound.byteSize());
    // Refused if no processor is left.
    called = Libc.writeAffinity(thread, bound);
  }

  /** Gives the calling thread back all processors that it might run on before. */
  void leave() {
    tried = false;
    if (processor != NONE || called) {
      release(processor);
      processor = NONE;
      called = false;
      boolean _ = Libc.writeAffinity(Libc.THIS_THREAD, free);
    }
  }

  private void take(int other) {
    if (!called && !Libc.readAffinity(Libc.THIS_THREAD, free)) {
      return;
    }
    int chosen = choose(Libc.processor(), other);
    if (chosen == NONE) {
      return;
    }
    Arrays.fill(words, 0);
    words[chosen / Long.SIZE] = 1L << chosen;
    MemorySegment.copy(wordBytes, 0, bound, 0, bound.byteSize());
    if (Libc.writeAffinity(Libc.THIS_THREAD, bound)) {
      processor = chosen;
    } else {
      release(chosen);
    }
  }

  /** Takes a seat on the processor with the fewest, best on the present one. */
  private int choose(int here, int other) {
    Words.read(free, wordBytes);
    synchronized (TAKEN) {
      int best = NONE;
      for (int word = 0; word < WORDS; word++) {
        for (long bits = words[word]; bits != 0; bits &= bits - 1) {
          int candidate = word * Long.SIZE + Long.numberOfTrailingZeros(bits);
          boolean better =
              best == NONE
                  || TAKEN[candidate] < TAKEN[best]
                  || (TAKEN[candidate] == TAKEN[best] && candidate == here);
          if (candidate != other && better) {
            best = candidate;
          }
        }
      }
      if (best != NONE) {
        TAKEN[best]++;
      }
      return best;
    }
  }

  private static void release(int processor) {
    if (processor == NONE) {
      return;
    }
    synchronized (TAKEN) {
      TAKEN[processor]--;
    }
  }
}
