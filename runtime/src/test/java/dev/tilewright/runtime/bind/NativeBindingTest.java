package dev.tilewright.runtime.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.Tensor;
import dev.tilewright.runtime.DamagedModelException;
import dev.tilewright.runtime.IndexOutOfRangeException;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.ModelArgumentException;
import dev.tilewright.runtime.ModelArgumentException.Reason;
import dev.tilewright.runtime.ModelClosedException;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.UnsupportedCpuException;
import dev.tilewright.runtime.WeightMismatchException;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.Weights;
import dev.tilewright.schema.ModelSchema;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class NativeBindingTest {
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

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void runsEveryWorkerOfEachCall(int workers) {
    try (Handmade model = load(workers)) {
      for (int n = 1; n < 200; n++) {
        float[] values = new float[n];
        values[n - 1] = n;
        Handmade.Both both = model.twice(Tensors.of(values), Tensors.of(values));
        assertThat(both.doubled().toFloats()).hasSize(n).endsWith(2f * n);
        assertThat(both.count().toInts()).containsExactly(workers * (workers + 1) / 2);
        assertThat(model.words(IDS).toFloats()).containsExactly(ROWS);
      }
    }
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
  void takesTheBestLibraryThatTheCpuRunsAndSaysWhich() {
    try (Handmade model = load(2)) {
      assertThat(model.describe())
          .contains(
              Handmade.class.getName(),
              "target plain for linux-x86_64",
              "any CPU",
              "memory",
              "2 workers");
      assertThat(model).hasToString("Handmade (native)");
    }
    assertThatThrownBy(
            () ->
                Tilewright.load(
                    Handmade.class,
                    HandmadeLibrary.weights(),
                    LoadOptions.defaults().withTarget("best")))
        .isInstanceOf(UnsupportedCpuException.class)
        .hasMessageContainingAll(
            "best for linux-x86_64: this CPU lacks a-feature-of-tomorrow", "not the target");
  }

  @Test
  void keepsItsWeightsWhenTheirSourceIsClosed() {
    Weights weights = HandmadeLibrary.weights();
    try (Handmade model = Tilewright.load(Handmade.class, weights)) {
      weights.close();
      assertThat(model.words(IDS).toFloats()).containsExactly(ROWS);
    }
  }

  @Test
  void listsAllWeightsThatDoNotFit() {
    assertThatThrownBy(() -> Tilewright.load(Handmade.class, Weights.of(Map.of())))
        .isInstanceOf(WeightMismatchException.class)
        .hasMessageContainingAll("table", "factor", "Handmade.java:20", "Handmade.java:30");
    Map<String, WeightTensor> more = new HashMap<>(HandmadeLibrary.WEIGHTS);
    more.put("extra", more.get("factor"));
    assertThatThrownBy(
            () ->
                Tilewright.load(
                    Handmade.class,
                    Weights.of(more),
                    LoadOptions.defaults().withStrictWeights(true)))
        .isInstanceOf(WeightMismatchException.class)
        .hasMessageContaining("extra");
  }

  @Test
  void namesTheIndexThatIsOutOfRangeAndServesTheNextCall() {
    try (Handmade model = load(2)) {
      assertThatThrownBy(() -> model.words(Tensors.of(new int[][] {{0, -7}})))
          .isInstanceOfSatisfying(
              IndexOutOfRangeException.class,
              e -> {
                assertThat(e.index()).isEqualTo(-7);
                assertThat(e.bound()).isEqualTo(3);
              })
          .hasMessageContainingAll("Handmade.words", "Handmade.java:20 words", "-7", "0 to 2");
      assertThat(model.words(IDS).toFloats()).containsExactly(ROWS);
    }
  }

  @Test
  void refusesArgumentsBeforeAnythingNativeRuns() {
    try (Handmade model = load(1)) {
      refuses(Reason.NULL, () -> model.words(null), "Handmade.words: the argument ids is null");
      refuses(
          Reason.DTYPE,
          () -> model.words(Tensors.of(new float[][] {{1}})),
          "i32[B, S]",
          "f32[1, 1]");
      refuses(Reason.EMPTY, () -> model.words(Tensors.of(new int[][] {{}})), "i32[1, 0]");
      refuses(
          Reason.LIMIT,
          () -> model.words(Tensors.of(new int[1][513])),
          "S = 513",
          "S must be at most 512",
          "Handmade.java:20");
      refuses(
          Reason.SYMBOL,
          () -> model.twice(Tensors.of(1f), Tensors.of(1f, 2f)),
          "N is 1 in x",
          "2 in same");
      assertThatThrownBy(() -> model.dense(IDS))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("Handmade.dense was compiled into the entries");
    }
  }

  private static void refuses(Reason reason, Runnable call, String... parts) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            ModelArgumentException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContainingAll(parts);
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
  void loadsFromTheCacheFolderWhereMemoryIsRefused(@TempDir Path folder) throws IOException {
    System.setProperty(LibraryCache.PROPERTY, folder.toString());
    try {
      byte[] content = Files.readAllBytes(HandmadeLibrary.folder().resolve(HandmadeLibrary.PLAIN));
      ModelSchema schema = GeneratedClass.of(Handmade.class).schemas().getFirst();
      String digest = schema.library().sha256();
      try (LibraryImage image =
          LibraryImage.fromCache(schema.library(), digest, content, "a test")) {
        assertThat(image.origin()).startsWith(folder.toString());
        assertThat(image.function("words").address()).isNotZero();
        assertThatThrownBy(() -> image.function("absent"))
            .isInstanceOf(DamagedModelException.class)
            .hasMessageContaining("no function absent");
      }
      byte[] text = "no library".getBytes(StandardCharsets.UTF_8);
      assertThatThrownBy(() -> LibraryImage.fromCache(schema.library(), "other", text, "a test"))
          .isInstanceOf(DamagedModelException.class)
          .hasMessageContaining("loader");
    } finally {
      System.clearProperty(LibraryCache.PROPERTY);
    }
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
      return files.filter(NativeBindingTest::isMemoryFile).count();
    }
  }

  private static boolean isMemoryFile(Path file) {
    try {
      return Files.readSymbolicLink(file).toString().contains("tilewright-plain");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void refusesALibraryOfAnotherBuild() throws IOException {
    Path file = HandmadeLibrary.folder().resolve(HandmadeLibrary.PLAIN);
    byte[] content = Files.readAllBytes(file);
    content[content.length / 2] ^= 1;
    Files.write(file, content);
    try {
      assertThatThrownBy(() -> load(1))
          .isInstanceOf(DamagedModelException.class)
          .hasMessageContainingAll("SHA-256", "compile the model again");
    } finally {
      HandmadeLibrary.write();
    }
  }
}
