package dev.tilewright.runtime.bind;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that do the jobs of loading a model and end with them, one a processor. Unlike those of a
 * shared pool they are never busy with the application's.
 */
final class Crew implements Runnable {
  private final List<? extends Runnable> jobs;
  private final AtomicInteger next = new AtomicInteger();
  private volatile Throwable failure;

  private Crew(List<? extends Runnable> jobs) {
    this.jobs = jobs;
  }

  /**
   * Does all jobs, those in front first; the calling thread takes part. If one throws, those not
   * begun are left out, and its exception comes out here.
   *
   * @param parallel whether other threads may take part
   */
  static void run(List<? extends Runnable> jobs, boolean parallel) {
    Crew crew = new Crew(jobs);
    int helpers =
        parallel ? Math.min(jobs.size(), Runtime.getRuntime().availableProcessors()) - 1 : 0;
    Thread[] threads = new Thread[Math.max(0, helpers)];
    for (int i = 0; i < threads.length; i++) {
      threads[i] = new Thread(crew, "tilewright-load-" + i);
      threads[i].setDaemon(true);
      threads[i].start();
    }
    crew.run();
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    switch (crew.failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new AssertionError("jobs throw no checked exceptions", e);
    }
  }

  @Override
  public void run() {
    for (int i = next.getAndIncrement(); i < jobs.size() && failure == null; ) {
      try {
        jobs.get(i).run();
      } catch (Throwable e) {
        failure = e;
      }
      i = next.getAndIncrement();
    }
  }
}
