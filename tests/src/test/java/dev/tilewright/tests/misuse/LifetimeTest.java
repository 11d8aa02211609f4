package dev.tilewright.tests.misuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tilewright.Tensor;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.ModelClosedException;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Models come and go, from any thread, without a trace. */
class LifetimeTest {
  private static final Tensor IDS = Tensors.of(new int[][] {{1, 2, 3, 4, 5}});
  private static final int WARM_UP = 3000;
  private static final int ROUNDS = 10_000;

  /** What compiled code and malloc's arenas may come and go by: 800 bytes a round. */
  private static final long NOISE = 8_000_000;

  private static Words load(int workers) {
    return Tilewright.load(
        Words.class, WordsWeights.all(), LoadOptions.defaults().withWorkers(workers));
  }

  @Test
  void twoThreadsClose() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < 200; round++) {
        Words model = load(2);
        model.embed(IDS);
        CountDownLatch start = new CountDownLatch(1);
        List<Future<?>> closing = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
          closing.add(
              threads.submit(
                  () -> {
                    start.await();
                    model.close();
                    return null;
                  }));
        }
        start.countDown();
        for (Future<?> each : closing) {
          each.get();
        }
      }
    }
  }

  @Test
  void closingWhileOthersCall() throws Exception {
    Words reference = load(1);
    float[] expected = reference.embed(IDS).toFloats();
    reference.close();
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      for (int round = 0; round < 60; round++) {
        Words model = load(2);
        CountDownLatch running = new CountDownLatch(3);
        List<Future<Integer>> callers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          callers.add(
              threads.submit(
                  () -> {
                    int calls = 0;
                    try {
                      while (true) {
                        assertThat(model.embed(IDS).toFloats()).isEqualTo(expected);
                        if (calls++ == 0) {
                          running.countDown();
                        }
                      }
                    } catch (ModelClosedException e) {
                      return calls;
                    }
                  }));
        }
        running.await();
        model.close();
        for (Future<Integer> caller : callers) {
          assertThat(result(caller)).isPositive();
        }
      }
    }
  }

  private static int result(Future<Integer> caller) throws InterruptedException {
    try {
      return caller.get();
    } catch (ExecutionException e) {
      throw new AssertionError("a caller saw something else than a closed model", e.getCause());
    }
  }

  @Test
  void tenThousandModelsLeaveNothing() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/statm")), "the numbers come from Linux's /proc");
    rounds(WARM_UP);
    Footprint before = Footprint.now();
    rounds(ROUNDS);
    Footprint after = Footprint.now();
    System.out.println(ROUNDS + " rounds of load, call and close: " + before + " to " + after);
    assertThat(after.resident()).isLessThan(before.resident() + NOISE);
    assertThat(after.files()).isLessThanOrEqualTo(before.files() + 2);
    assertThat(after.mappings()).isLessThan(before.mappings() + 64);
    assertThat(after.threads()).isLessThanOrEqualTo(before.threads() + 2);
  }

  private static void rounds(int count) {
    for (int i = 0; i < count; i++) {
      try (Words model = load(1 + i % 2)) {
        if (i % 10 == 0) {
          model.embed(IDS);
        }
      }
      if (i % 500 == 0) {
        // Keeps the heap from growing, which would be mistaken for a leak.
        System.gc();
      }
    }
  }

  /** What the process takes up, resident memory without the Java heap. */
  private record Footprint(long resident, long files, long mappings, long threads) {
    static Footprint now() throws IOException, InterruptedException {
      System.gc();
      Thread.sleep(200);
      String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ", -1);
      long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
      try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"));
          Stream<String> mappings = Files.lines(Path.of("/proc/self/maps"));
          Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
        return new Footprint(
            4096 * Long.parseLong(pages[1]) - heap,
            files.count(),
            mappings.count(),
            threads.count());
      }
    }

    @Override
    public String toString() {
      return "%.1f MB, %d files, %d mappings, %d threads"
          .formatted(resident / 1e6, files, mappings, threads);
    }
  }
}
