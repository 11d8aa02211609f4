package dev.tilewright.runtime.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tilewright.DType;
import dev.tilewright.Tensor;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.ModelArgumentException;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What calls that repeat cost besides their work. */
class SteadyCallTest {
  private static final LoadOptions REUSING = LoadOptions.defaults().withReusedResults(true);
  private static final int CALLS = 2000;

  @BeforeAll
  static void compile() {
    HandmadeLibrary.write();
  }

  private static Handmade load(LoadOptions options) {
    return Tilewright.load(Handmade.class, HandmadeLibrary.weights(), options);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void allocateNothingWhereResultsAreReused(int workers) {
    Tensor ids = Tensors.of(new int[][] {{0, 2}, {1, 1}});
    Tensor x = Tensors.of(1f, 2f, 3f);
    try (Handmade model = load(REUSING.withWorkers(workers))) {
      Runnable calls =
          () -> {
            for (int i = 0; i < CALLS; i++) {
              model.words(ids);
              model.twice(x, x);
            }
          };
      assertThat(least(calls, allocated(Thread.currentThread()))).isZero();
      for (Thread worker : workers()) {
        assertThat(least(calls, allocated(worker))).isZero();
      }
    }
  }

  @Test
  void answerWithTheSameTensorsWhereResultsAreReused() {
    int[] elements = {0, 2};
    Tensor ids = HostTensor.wrap(TensorType.of(DType.INT32, 1, 2), elements);
    try (Handmade model = load(REUSING.withWorkers(1))) {
      Tensor first = model.words(ids);
      assertThat(first.toFloats()).containsExactly(1, 2, 5, 6);
      elements[0] = 1;
      assertThat(model.words(ids)).isSameAs(first);
      assertThat(first.toFloats()).containsExactly(3, 4, 5, 6);
      assertThat(model.words(Tensors.of(new int[][] {{1}}))).isNotSameAs(first);
      assertThat(model.twice(Tensors.of(1f), Tensors.of(2f)))
          .isSameAs(model.twice(Tensors.of(3f), Tensors.of(4f)));
    }
    try (Handmade model = load(LoadOptions.defaults())) {
      assertThat(model.words(ids)).isNotSameAs(model.words(ids));
    }
  }

  @Test
  void rememberManyKindsOfCalls() {
    try (Handmade model = load(REUSING.withWorkers(1))) {
      for (int round = 0; round < 3; round++) {
        for (int length = 1; length <= 40; length++) {
          Tensor rows = model.words(Tensors.zeros(DType.INT32, 1, length));
          assertThat(rows.type()).isEqualTo(TensorType.of(DType.FLOAT32, 1, length, 2));
        }
      }
    }
  }

  /** The least of several rounds, so that what the JVM does now and then is not counted. */
  private static long least(Runnable calls, LongSupplier counter) {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 40 && least > 0; round++) {
      long before = counter.getAsLong();
      calls.run();
      least = Math.min(least, counter.getAsLong() - before);
    }
    return least;
  }

  private static LongSupplier allocated(Thread thread) {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = thread.threadId();
    return () -> threads.getThreadAllocatedBytes(id);
  }

  private static List<Thread> workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("tilewright-Handmade"))
        .toList();
  }

  @Test
  void neitherSleepNorWakeAnybody() {
    assumeTrue(Files.exists(Path.of("/proc/thread-self/status")), "Linux counts");
    assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "two workers need two processors");
    Tensor ids = Tensors.of(new int[][] {{0, 2}, {1, 1}});
    try (Handmade model = load(REUSING.withWorkers(2))) {
      Runnable calls =
          () -> {
            for (int i = 0; i < CALLS; i++) {
              model.words(ids);
            }
          };
      assertThat(least(calls, () -> status("thread-self", "voluntary_ctxt_switches"))).isZero();
    }
  }

  @Test
  void bindWorkersWhileTheyAreAwakeAndNeverTheCaller() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/thread-self/status")), "Linux tells");
    assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "two workers need two processors");
    Tensor turns = Tensors.ints(new long[] {}, 1000);
    String all = field("thread-self", "Cpus_allowed_list").orElseThrow();
    try (Handmade model = load(LoadOptions.defaults().withWorkers(2).withPinnedWorkers(true))) {
      assertThat(model.describe()).contains("bound to processors");
      boolean bound = false;
      for (int i = 0; i < 10_000 && !bound; i++) {
        model.spin(turns);
        bound = field("self/task/" + task(), "Cpus_allowed_list").orElse(all).matches("\\d+");
      }
      assertThat(bound).isTrue();
      assertThat(field("thread-self", "Cpus_allowed_list")).contains(all);
      Thread.sleep(100);
      assertThat(field("self/task/" + task(), "Cpus_allowed_list")).contains(all);
    }
    try (Handmade model = load(LoadOptions.defaults().withWorkers(2).withPinnedWorkers(false))) {
      assertThat(model.describe()).contains("not bound");
      for (int i = 0; i < 100; i++) {
        model.spin(turns);
        assertThat(field("self/task/" + task(), "Cpus_allowed_list")).contains(all);
      }
    }
  }

  @Test
  void tellTheirMemoryBefore() {
    Tensor ids = Tensors.of(new int[][] {{0, 2, 1}, {1, 1, 1}});
    try (Handmade model = load(LoadOptions.defaults().withWorkers(2))) {
      long bytes = model.peakBytes("words", 2, 3);
      // Fault words, the frame of 8 + 4 words, ids, rows, and the arena, in lines of 64 bytes.
      assertThat(bytes).isEqualTo(64 + 128 + 64 + 64 + 64);
      model.words(ids);
      assertThat(model.describe()).contains("workspace 0.0 MB");
      assertThat(model.peakBytes("words", 2000, 500)).isEqualTo(64 + 128 + 4_000_000L * 4);
      assertThatThrownBy(() -> model.peakBytes("words", 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("Handmade.words", "B, S", "[2]");
      assertThatThrownBy(() -> model.peakBytes("words", 2, 0))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> model.peakBytes("word", 2, 3))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("no entry word", "words, twice, spin");
      assertThatThrownBy(() -> model.peakBytes("words", 1, 513))
          .isInstanceOf(ModelArgumentException.class)
          .hasMessageContaining("S must be at most 512");
    }
  }

  /** The number of the worker's thread among the process's. */
  private static String task() throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks
          .map(path -> path.getFileName().toString())
          .filter(id -> field("self/task/" + id, "Name").orElse("").startsWith("tilewright-H"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static long status(String process, String name) {
    return Long.parseLong(field(process, name).orElseThrow());
  }

  private static Optional<String> field(String process, String name) {
    try (Stream<String> lines = Files.lines(Path.of("/proc", process, "status"))) {
      return lines
          .filter(line -> line.startsWith(name + ":"))
          .map(line -> line.substring(name.length() + 1).strip())
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
