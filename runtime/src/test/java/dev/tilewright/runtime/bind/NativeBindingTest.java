package dev.tilewright.runtime.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.CompiledModel;
import dev.tilewright.Model;
import dev.tilewright.Tensor;
import dev.tilewright.runtime.DamagedModelException;
import dev.tilewright.runtime.IndexOutOfRangeException;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.MissingPlatformException;
import dev.tilewright.runtime.ModelArgumentException;
import dev.tilewright.runtime.ModelArgumentException.Reason;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of native models: results, refusals, damaged files. */
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
  void namesThePlatformsIfThereIsNoLibraryForThisOne() {
    GeneratedClass generated = GeneratedClass.of(Handmade.class);
    assertThatThrownBy(() -> generated.description("plan9-mips", List::getFirst))
        .isInstanceOf(MissingPlatformException.class)
        .hasMessageContaining("compiled for linux-x86_64, not for this machine, plan9-mips")
        .hasMessageContaining("-Atilewright.platforms=all");
  }

  @Test
  void namesThePlatformsIfTheJarOfThisOneIsAbsent() {
    assertThatThrownBy(
            () -> GeneratedClass.of(Portable.class).description("macos-aarch64", List::getFirst))
        .isInstanceOf(MissingPlatformException.class)
        .hasMessageContainingAll(
            "compiled for linux-x86_64, macos-aarch64, but only those for linux-x86_64 of its",
            "this machine is macos-aarch64",
            "the jar that has META-INF/tilewright/macos-aarch64 and META-INF/native/macos-aarch64",
            "-Atilewright.platforms=all");
  }

  /** Stands for a model whose libraries for macOS are in a jar of their own. */
  @Model
  public interface Portable extends CompiledModel {}

  @Test
  void loadsFromTheCacheFolderWhereMemoryIsRefused(@TempDir Path folder) throws IOException {
    System.setProperty(LibraryCache.PROPERTY, folder.toString());
    try {
      byte[] content = Files.readAllBytes(HandmadeLibrary.folder().resolve(HandmadeLibrary.PLAIN));
      ModelSchema schema =
          GeneratedClass.of(Handmade.class).description("linux-x86_64", List::getFirst).schema();
      String digest = schema.library().sha256();
      try (LibraryImage image = LibraryImage.fromCache(schema.library(), digest, content)) {
        assertThat(image.origin()).startsWith(folder.toString());
        assertThat(image.function("words").address()).isNotZero();
        assertThatThrownBy(() -> image.function("absent"))
            .isInstanceOf(DamagedModelException.class)
            .hasMessageContaining("no function absent");
      }
      byte[] text = "no library".getBytes(StandardCharsets.UTF_8);
      assertThatThrownBy(() -> LibraryImage.fromCache(schema.library(), "other", text))
          .isInstanceOf(DamagedModelException.class)
          .hasMessageContaining("loader");
    } finally {
      System.clearProperty(LibraryCache.PROPERTY);
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
