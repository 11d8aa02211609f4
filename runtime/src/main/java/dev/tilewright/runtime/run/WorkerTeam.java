package dev.tilewright.runtime.run;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads that run a native function together, each with its own number. The calling thread is
 * number 0. A job is published by counting {@code epoch} up; workers spin for a moment, so that
 * calls in a row find them awake, then park. One job runs at a time; the owner sees to that.
 */
@SuppressWarnings("restricted")
final class WorkerTeam {
  /**
   * {@code void function(int64_t *frame, int64_t worker, int64_t workers)}; a pointer travels as a
   * 64-bit integer.
   */
  private static final MethodHandle CALL =
      Linker.nativeLinker()
          .downcallHandle(FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG));

  private static final long SPIN_NANOS = 100_000;

  private final Worker[] helpers;
  private final AtomicInteger running = new AtomicInteger();
  private volatile long epoch;
  private volatile boolean stopping;
  // Written before the epoch counts up and read after, which orders them.
  private MemorySegment function;
  private long frame;

  WorkerTeam(String name, int size) {
    helpers = new Worker[size - 1];
    for (int i = 0; i < helpers.length; i++) {
      helpers[i] = new Worker(i + 1);
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
      stop();
      throw e;
    }
  }

  int size() {
    return helpers.length + 1;
  }

  /** Runs the function on all workers and returns when all have returned. */
  @SuppressWarnings("ThreadPriorityCheck") // a helper that has no processor may need the caller's
  void run(MemorySegment newFunction, long newFrame) {
    function = newFunction;
    frame = newFrame;
    running.set(helpers.length);
    publish();
    call(newFunction, newFrame, 0);
    for (int spins = 0; running.get() > 0; spins++) {
      if (spins < 1000) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }

  /** Ends the threads and waits until they are gone. */
  void stop() {
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

  private void call(MemorySegment target, long argument, long worker) {
    try {
      CALL.invokeExact(target, argument, worker, (long) size());
    } catch (Throwable e) {
      throw new AssertionError("native functions throw nothing", e);
    }
  }

  private final class Worker implements Runnable {
    private final int number;
    private Thread thread;
    private volatile boolean parked;

    Worker(int number) {
      this.number = number;
    }

    @Override
    public void run() {
      for (long seen = 0; ; seen++) {
        await(seen);
        if (stopping) {
          return;
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
