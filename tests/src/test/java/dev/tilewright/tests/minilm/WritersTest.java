package dev.tilewright.tests.minilm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.CompiledModel;
import dev.tilewright.Tensor;
import dev.tilewright.examples.search.MiniLm;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example's model compiled again, in other ways. */
class WritersTest {
  @TempDir private Path folder;

  private Path compile(String name, String... options) throws IOException {
    return Rebuilt.compile(folder.resolve(name), options);
  }

  /** What the compiler wrote beside the classes, by path. */
  private static Map<String, byte[]> resources(Path out) throws IOException {
    Map<String, byte[]> resources = new TreeMap<>();
    try (Stream<Path> files = Files.walk(out.resolve("META-INF"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        resources.put(out.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
      }
    }
    return resources;
  }

  /** A second build from nothing, tools and all, gives the bytes that the example's build gave. */
  @Test
  void twoBuildsGiveTheSameBytes() throws IOException {
    long start = System.nanoTime();
    Path out = compile("cold", "-Atilewright.cache=" + folder.resolve("cache"));
    double cold = (System.nanoTime() - start) / 1e9;
    start = System.nanoTime();
    compile("warm", "-Atilewright.cache=" + folder.resolve("cache"));
    double warm = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        "javac of MiniLM in a running JVM: %.1f s without any cache, %.1f s with all in it%n",
        cold, warm);
    Map<String, byte[]> rebuilt = resources(out);
    assertThat(rebuilt.keySet()).anyMatch(name -> name.contains("portable"));
    for (Map.Entry<String, byte[]> file : rebuilt.entrySet()) {
      try (var shipped = MiniLm.class.getResourceAsStream("/" + file.getKey())) {
        assertThat(shipped).as(file.getKey()).isNotNull();
        assertThat(file.getValue())
            .as("bytes of %s", file.getKey())
            .isEqualTo(shipped.readAllBytes());
      }
      System.out.printf("%s: %d bytes%n", file.getKey(), file.getValue().length);
    }
  }

  @Test
  void bothWritersGiveTheSameBits() throws Exception {
    float[] llvm = embed(compile("llvm", "-Atilewright.writer=llvm"));
    float[] c = embed(compile("c", "-Atilewright.writer=c"));
    assertThat(c).isEqualTo(llvm);
  }

  /** Embeddings by the model in the folder, whose classes hide those on the class path. */
  private static float[] embed(Path out) throws Exception {
    try (Rebuilt rebuilt = new Rebuilt(out);
        Weights weights = Weights.open(Corpus.onnx())) {
      Class<? extends CompiledModel> type = rebuilt.model();
      assertThat(type).isNotEqualTo(MiniLm.class);
      Corpus corpus = new Corpus();
      Batch batch =
          Batch.of(List.of(corpus.passage(1, 5), corpus.passage(2, 17), corpus.passage(3, 64)));
      long[] shape = {batch.rows().size(), batch.tokens()};
      try (CompiledModel model = Tilewright.load(type, weights)) {
        Tensor vectors =
            (Tensor)
                type.getMethod("embed", Tensor.class, Tensor.class)
                    .invoke(
                        model, Tensors.ints(shape, batch.ids()), Tensors.ints(shape, batch.mask()));
        return vectors.toFloats();
      }
    }
  }

  /** The libraries differ by target, so that the tests above compare what they should. */
  @Test
  void targetsDiffer() throws IOException {
    Map<String, byte[]> all = resources(compile("all"));
    List<byte[]> libraries =
        all.entrySet().stream()
            .filter(file -> file.getKey().endsWith(".so"))
            .map(Map.Entry::getValue)
            .toList();
    assertThat(libraries).hasSizeGreaterThanOrEqualTo(2);
    assertThat(Set.copyOf(libraries.stream().map(java.util.Arrays::hashCode).toList()))
        .hasSameSizeAs(libraries);
  }
}
