package dev.tilewright.runtime.run;

import dev.tilewright.runtime.bind.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads that run a native function together, each with its own number. The calling thread is
 * number 0. A job is published by counting {@code epoch} up; workers spin for a moment, so that
 * calls in a row find them awake, then park. One job runs at a time; the owner sees to that.
 *
 * <p>If they are to be pinned, the workers other than the caller bind themselves to processors of
 * their own, and away from the caller's, when they wake, and unbind themselves before they park.
 * The caller's thread is left alone: it belongs to the caller.
 */
final class WorkerTeam implements AutoCloseable {
  /** How long workers stay awake for the next call. */
  private static final long SPIN_NANOS = 200_000;

  /** Turns of waiting for a worker before the processor is offered to others. */
  private static final int SPINS = 1000;

  /**
   * Workers on processors of their own do not wait for each other's processor, so they may wait so
   * many turns longer: some milliseconds.
   */
  static final int PATIENCE = 100_000;

  private static final int ANYWHERE = -1;

  private final Worker[] helpers;
  private final boolean pinned;
  private final int patience;
  private final AtomicInteger running = new AtomicInteger();
  private volatile long epoch;
  private volatile boolean stopping;
  // Written before the epoch counts up and read after, which orders them.
  private MemorySegment function;
  private long frame;
  private int callersProcessor = ANYWHERE;

  /**
   * Starts the threads.
   *
   * @param pin whether workers are bound to processors, if the system can and there is one for each
   * @param arena outlives the team
   */
  WorkerTeam(String name, int size, boolean pin, Arena arena) {
    pinned = pin && size > 1 && size <= Seat.processors();
    patience = SPINS + (pinned ? PATIENCE : 0);
    helpers = new Worker[size - 1];
    for (int i = 0; i < helpers.length; i++) {
      helpers[i] = new Worker(i + 1, new Seat(arena));
      helpers[i].thread =
          Thread.ofPlatform()
              .daemon()
              .name("tilewright-" + name + "-" + (i + 1))
              .unstarted(helpers[i]);
    }
    try {
      for (Worker helper : helpers) {
        helper.thread.start();
      }
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  int size() {
    return helpers.length + 1;
  }

  /** Whether workers are bound to processors while they are awake. */
  boolean isPinned() {
    return pinned;
  }

  /** For people. */
  String describe() {
    if (size() == 1) {
      return "1 worker, the caller's thread";
    }
    return size()
        + " workers"
        + (pinned ? ", all but the caller's bound to processors while awake" : ", not bound");
  }

  /** Runs the function on all workers and returns when all have returned. */
  @SuppressWarnings("ThreadPriorityCheck") // a helper that has no processor may need the caller's
  void run(MemorySegment newFunction, long newFrame) {
    function = newFunction;
    frame = newFrame;
    callersProcessor = pinned ? Libc.processor() : ANYWHERE;
    running.set(helpers.length);
    if (pinned) {
      for (Worker helper : helpers) {
        // It does nothing with its seat until the epoch counts up.
        if (helper.parked) {
          helper.seat.callApartFrom(callersProcessor);
        }
      }
    }
    publish();
    call(newFunction, newFrame, 0);
    for (int spins = 0; running.get() > 0; spins++) {
      Thread.onSpinWait();
      if (spins > patience) {
        Thread.yield();
        spins = 0;
      }
    }
  }

  /** Ends the threads and waits until they are gone. */
  @Override
  public void close() {
    stopping = true;
    publish();
    boolean interrupted = false;
    for (Worker helper : helpers) {
      while (helper.thread.isAlive()) {
        try {
          helper.thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time publishes
  private void publish() {
    epoch++;
    for (Worker helper : helpers) {
      if (helper.parked) {
        LockSupport.unpark(helper.thread);
      }
    }
  }

  /**
   * {@code void function(int64_t *frame, int64_t worker, int64_t workers)}; a pointer travels as a
   * 64-bit integer.
   */
  private void call(MemorySegment target, long argument, long worker) {
    long _ = Libc.call(target, argument, worker, size(), 0, 0, 0);
  }

  private final class Worker implements Runnable {
    private final int number;
    private final Seat seat;
    private Thread thread;
    private volatile boolean parked;

    Worker(int number, Seat seat) {
      this.number = number;
      this.seat = seat;
    }

    @Override
    public void run() {
      seat.own();
      for (long seen = 0; ; seen++) {
        await(seen);
        if (stopping) {
          seat.leave();
          return;
        }
        if (pinned) {
          seat.takeApartFrom(callersProcessor);
        }
        call(function, frame, number);
        running.decrementAndGet();
      }
    }

    private void await(long seen) {
      long start = System.nanoTime();
      while (epoch == seen && System.nanoTime() - start < SPIN_NANOS) {
        Thread.onSpinWait();
      }
      if (epoch != seen) {
        return;
      }
      seat.leave();
      // Either this thread sees the new epoch after saying that it parks, or the publisher sees
      // that it does.
      parked = true;
      while (epoch == seen) {
        LockSupport.park(WorkerTeam.this);
      }
      parked = false;
    }
  }
}
