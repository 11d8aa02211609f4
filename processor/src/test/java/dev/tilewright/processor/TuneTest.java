package dev.tilewright.processor;

import static com.google.testing.compile.CompilationSubject.assertThat;
import static com.google.testing.compile.Compiler.javac;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.JavaFileObjects;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.tune.Measurer;
import dev.tilewright.processor.tune.Measurer.Burst;
import dev.tilewright.processor.tune.Measurer.MeasureException;
import dev.tilewright.schema.Profile;
import dev.tilewright.schema.Profile.KernelTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tuning as a build asks for it. */
class TuneTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("tiles.tuning");
  }

  @Test
  void writesWhatWasFaster() throws IOException {
    Compilation compilation = compile(faster(0.8), "-Atilewright.tune=" + file);
    assertThat(compilation).succeededWithoutWarnings();
    assertThat(compilation)
        .hadNoteContaining(
            "tuned Doubler-fake: other tiles for 1 of 1 products, a call takes 20.0 %");
    String text = "tilewright-tuning 1\nfake: " + FakeTarget.PRODUCT + " = 4x96\n";
    assertThat(file).content().isEqualTo(text);
    assertThat(compile(faster(1.2), "-Atilewright.tune=" + file)).succeededWithoutWarnings();
    assertThat(file).content().isEqualTo("tilewright-tuning 1\n");
  }

  @Test
  void measuresNothingUnlessAsked() throws IOException {
    Measurer never =
        (_, _, _, _) -> {
          throw new AssertionError("not asked to measure");
        };
    assertThat(compile(never)).succeededWithoutWarnings();
    Files.writeString(file, "tilewright-tuning 1\nfake: " + FakeTarget.PRODUCT + " = 4x96\n");
    assertThat(compile(never, "-Atilewright.tuning=" + file)).succeededWithoutWarnings();
  }

  @Test
  @Covers({Diagnostic.TUNE_NOT_HERE, Diagnostic.TUNE_FAILED})
  void saysWhyNothingWasMeasured() {
    Compilation elsewhere =
        compile(failing(true, "this CPU lacks avx9"), "-Atilewright.tune=" + file);
    assertThat(elsewhere).succeeded();
    assertThat(elsewhere)
        .hadWarningContaining(
            "[TW103] the kernels for Doubler-fake are not tuned: this CPU lacks avx9");
    assertThat(file).doesNotExist();
    assertThat(compile(failing(false, "it ended with 134"), "-Atilewright.tune=" + file))
        .hadErrorContaining(
            "[TW104] the kernels for Doubler-fake could not be measured: it ended with 134");
  }

  @Test
  void refusesOptionsThatMakeNoSense() throws IOException {
    assertRefused(
        "tilewright.tune=" + folder + ": it cannot be written", "-Atilewright.tune=" + folder);
    Path lost = folder.resolve("no/such/folder");
    assertRefused("it cannot be written", "-Atilewright.tune=" + lost);
    String tune = "-Atilewright.tune=" + file;
    Path other = Files.writeString(folder.resolve("other.tuning"), "tilewright-tuning 1\n");
    assertRefused("tilewright.tuning is given, too", tune, "-Atilewright.tuning=" + other);
    assertRefused("'S' gives no extent a number", tune, "-Atilewright.tune.sizes=B=1,S");
    assertRefused(
        "T is an extent of no entry; there are B, S", tune, "-Atilewright.tune.sizes=T=1");
    assertRefused("no sizes give twice values", tune, "-Atilewright.tune.sizes=B=1");
    assertRefused(
        "tilewright.tune.seconds=soon: that is no time", tune, "-Atilewright.tune.seconds=soon");
    assertRefused(
        "tilewright.tune.seconds=0: that is no time", tune, "-Atilewright.tune.seconds=0");
    Files.writeString(file, "something else");
    assertRefused("a tuning file starts with the line", tune);
    assertThat(file).content().isEqualTo("something else");
  }

  private void assertRefused(String message, String... options) {
    Compilation compilation = compile(faster(0.8), options);
    assertThat(compilation).failed();
    assertThat(compilation).hadErrorContaining("[TW093]");
    assertThat(compilation).hadErrorContaining(message);
  }

  /** The second library's calls take that share of the first's. */
  private static Measurer faster(double share) {
    return (_, _, cases, _) -> {
      List<Burst> bursts = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        boolean second = i % 2 == 1;
        KernelTime time = new KernelTime("product", 1, second ? share * 1000 : 1000);
        Profile profile = new Profile("Doubler", "fake", "twice", Map.of(), 1, 9, List.of(time));
        bursts.add(new Burst(i / 2 % cases.size(), second, profile));
      }
      return bursts;
    };
  }

  private static Measurer failing(boolean notHere, String why) {
    return (_, _, _, _) -> {
      throw new MeasureException(notHere, why, null);
    };
  }

  private static Compilation compile(Measurer measurer, String... options) {
    return javac()
        .withProcessors(
            new TilewrightProcessor(
                () -> List.of(new FakeTarget("fake")), (_, _, _) -> new byte[] {1, 2, 3}, measurer))
        .withOptions((Object[]) options)
        .compile(JavaFileObjects.forSourceString("Doubler", TargetTest.DOUBLER));
  }
}
