package dev.tilewright.runtime.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.Tensor;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.ModelClosedException;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Threads, closing and memory of native models. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class NativeLifecycleTest {
  private static final Tensor IDS = Tensors.of(new int[][] {{2, 0, 1}, {1, 1, 0}});
  private static final float[] ROWS = {5, 6, 1, 2, 3, 4, 3, 4, 3, 4, 1, 2};

  @BeforeAll
  static void writeLibrary() {
    HandmadeLibrary.write();
  }

  private static Handmade load(int workers) {
    return Tilewright.load(
        Handmade.class, HandmadeLibrary.weights(), LoadOptions.defaults().withWorkers(workers));
  }

  /**
   * Pauses around the time after which workers park, so that jobs meet them at every step of it.
   */
  @Test
  void wakesWorkersThatFellAsleep() {
    Random random = new Random(3);
    try (Handmade model = load(3)) {
      for (int call = 0; call < 2000; call++) {
        LockSupport.parkNanos(random.nextInt(250_000));
        assertThat(model.twice(Tensors.of(1f), Tensors.of(2f)).count().toInts()).containsExactly(6);
      }
    }
  }

  @Test
  void servesManyThreads() throws Exception {
    try (Handmade model = load(2);
        ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<?>> calls = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        calls.add(
            threads.submit(
                () -> {
                  for (int round = 0; round < 200; round++) {
                    assertThat(model.words(IDS).toFloats()).containsExactly(ROWS);
                  }
                }));
      }
      for (Future<?> call : calls) {
        call.get();
      }
    }
  }

  @Test
  void closesWhileRunning() throws Exception {
    for (int round = 0; round < 20; round++) {
      Handmade model = load(2);
      CountDownLatch started = new CountDownLatch(1);
      try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
        Future<?> caller =
            threads.submit(
                () -> {
                  for (started.countDown(); ; ) {
                    model.spin(Tensors.ints(new long[] {}, 100_000));
                  }
                });
        started.await();
        Future<?> first = threads.submit(model::close);
        Future<?> second = threads.submit(model::close);
        first.get();
        second.get();
        assertThatThrownBy(caller::get).hasCauseInstanceOf(ModelClosedException.class);
      }
      assertThatThrownBy(() -> model.words(IDS))
          .isInstanceOf(ModelClosedException.class)
          .hasMessage("Handmade was closed; load it again to call Handmade.words");
      assertThat(model.describe()).endsWith("closed");
    }
  }

  @Test
  void leavesAnInterruptToTheCaller() {
    try (Handmade model = load(2)) {
      Thread.currentThread().interrupt();
      assertThat(model.words(IDS).toFloats()).containsExactly(ROWS);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void freesWhatIsForgotten() throws Exception {
    load(2);
    for (int i = 0; i < 100 && openLibraries() > 0; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(openLibraries()).isZero();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith("tilewright-H"));
  }

  /** In a process whose heap has one size from the start, so that whatever grows is a leak. */
  @Test
  void holdsMemoryOverTenThousandRounds() throws Exception {
    String grown =
        outputOf(
            "-Xms64m",
            "-Xmx64m",
            "-XX:+AlwaysPreTouch",
            "--enable-native-access=ALL-UNNAMED",
            LoadRounds.class.getName(),
            "2000",
            "10000");
    assertThat(Long.parseLong(grown)).isLessThan(24 * 1024);
  }

  @Test
  void namesTheFlagWhereNativeCodeIsForbidden() throws Exception {
    assertThat(outputOf("--illegal-native-access=deny", LoadDenied.class.getName()).lines())
        .hasSize(2)
        .allMatch(line -> line.contains("--enable-native-access=dev.tilewright.runtime"));
  }

  private static String outputOf(String... java) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(java));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).isZero();
    return output;
  }

  private static long openLibraries() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.filter(NativeLifecycleTest::isMemoryFile).count();
    }
  }

  private static boolean isMemoryFile(Path file) {
    try {
      return Files.readSymbolicLink(file).toString().contains("tilewright-plain");
    } catch (IOException e) {
      return false;
    }
  }
}
