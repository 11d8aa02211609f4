package dev.tilewright.toolchain;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Independent blocking work side by side. */
final class Parallel {
  private Parallel() {}

  /**
   * The results in the order of the inputs. If several fail, the first failure in that order is
   * thrown.
   */
  static <T, R> List<R> map(List<T> inputs, Function<T, R> work) {
    if (inputs.size() == 1) {
      return List.of(work.apply(inputs.getFirst()));
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<R>> futures =
          inputs.stream().map(input -> threads.submit(() -> work.apply(input))).toList();
      List<R> results = new ArrayList<>();
      try {
        for (Future<R> future : futures) {
          results.add(future.get());
        }
        return results;
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case RuntimeException failure -> throw failure;
          case Error failure -> throw failure;
          default -> throw new AssertionError("A function throws no checked exception", e);
        }
      } catch (InterruptedException e) {
        threads.shutdownNow();
        Thread.currentThread().interrupt();
        throw new ToolchainException("Interrupted; the tools that were running were stopped.", e);
      }
    }
  }
}
