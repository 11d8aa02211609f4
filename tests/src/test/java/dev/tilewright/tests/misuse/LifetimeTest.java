package dev.tilewright.tests.misuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tilewright.Tensor;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.ModelClosedException;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Models come and go, from any thread, without a trace. */
class LifetimeTest {
  private static final Tensor IDS = Tensors.of(new int[][] {{1, 2, 3, 4, 5}});

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

  /** In a process of its own, whose memory no other test has used. */
  @Test
  void tenThousandModelsLeaveNothing() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/statm")), "the numbers come from Linux's /proc");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xms64m",
                "-Xmx64m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ComeAndGo.class.getName())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader output = process.inputReader()) {
      assertThat(output.lines()).last(STRING).isEqualTo(ComeAndGo.NOTHING_LEFT);
    }
    assertThat(process.waitFor()).isZero();
  }
}
