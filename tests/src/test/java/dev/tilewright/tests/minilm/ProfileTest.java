package dev.tilewright.tests.minilm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.examples.search.MiniLm;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import dev.tilewright.schema.Profile;
import dev.tilewright.schema.Profile.KernelTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A profile of real calls: every kernel has its time, and together they are the call's. */
class ProfileTest {
  private static final int CALLS = 5;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"the best, 1", "portable, 1", "portable, 2"})
  void saysWhereTheTimeWent(String target, int workers) throws IOException {
    Path file = folder.resolve("profile.txt");
    Corpus corpus = new Corpus();
    LoadOptions own = LoadOptions.defaults().withWorkers(workers).withProfile(file);
    LoadOptions options = target.equals("the best") ? own : own.withTarget(target);
    long nanos;
    try (Weights weights = Weights.open(Corpus.onnx());
        MiniLm model = Tilewright.load(MiniLm.class, weights, options)) {
      Batch.of(List.of(corpus.passage(3, 5))).embed(model);
      Batch batch = Batch.of(List.of(corpus.passage(0, 32), corpus.passage(40, 32)));
      batch.embed(model);
      long start = System.nanoTime();
      for (int i = 0; i < CALLS; i++) {
        batch.embed(model);
      }
      nanos = System.nanoTime() - start;
    }
    Profile profile = Profile.parse(Files.readString(file));
    assertThat(profile.entry()).isEqualTo("embed");
    assertThat(profile.target()).isEqualTo(options.target().orElse(profile.target()));
    assertThat(profile.sizes()).isEqualTo(Map.of("B", 2L, "S", 32L, "S_total", 64L));
    assertThat(profile.workers()).isEqualTo(workers);
    assertThat(profile.calls()).isEqualTo(CALLS);
    assertThat(profile.kernels()).allMatch(kernel -> kernel.nanos() > 0);
    assertThat(profile.kernels()).anyMatch(kernel -> kernel.runs() == 6);
    double sum = profile.kernels().stream().mapToDouble(KernelTime::nanos).sum();
    assertThat(sum).isBetween(1.0, (double) nanos / CALLS);
  }
}
