package dev.tilewright.tests.minilm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.CompiledModel;
import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.examples.search.MiniLm;
import dev.tilewright.runtime.LoadOptions;
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
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example's model compiled again, in other ways. */
class WritersTest {
  private static final List<Precision> COMPARED = List.of(Precision.FLOAT32, Precision.INT8);
  private static final String PRECISIONS = "-Atilewright.precisions=float32,int8";

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
    String[] options = {"-Atilewright.cache=" + folder.resolve("cache"), PRECISIONS};
    Path out = compile("cold", options);
    double cold = (System.nanoTime() - start) / 1e9;
    start = System.nanoTime();
    compile("warm", options);
    double warm = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        "javac of MiniLM in fp32 and int8 in a running JVM: %.1f s without any cache, %.1f s with"
            + " all in it%n",
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

  /** For the targets that this machine takes; others are compared on smaller models. */
  @Test
  void bothWritersGiveTheSameBits() throws Exception {
    Set<String> targets = new TreeSet<>();
    try (Weights weights = Weights.open(Corpus.onnx())) {
      for (Precision precision : COMPARED) {
        try (MiniLm model = Tilewright.load(MiniLm.class, weights, options(precision))) {
          targets.add(model.describe().replaceAll(".*, target (\\S+) for .*", "$1"));
        }
      }
    }
    String taken = "-Atilewright.targets=" + String.join(",", targets);
    Path llvm = compile("llvm", "-Atilewright.writer=llvm", PRECISIONS, taken);
    Path c = compile("c", "-Atilewright.writer=c", PRECISIONS, taken);
    for (Precision precision : COMPARED) {
      assertThat(embed(c, precision)).as("%s", precision).isEqualTo(embed(llvm, precision));
    }
  }

  private static LoadOptions options(Precision precision) {
    return LoadOptions.defaults().withPrecision(precision);
  }

  /** Embeddings by the model in the folder, whose classes hide those on the class path. */
  private static float[] embed(Path out, Precision precision) throws Exception {
    try (Rebuilt rebuilt = new Rebuilt(out);
        Weights weights = Weights.open(Corpus.onnx())) {
      Class<? extends CompiledModel> type = rebuilt.model();
      assertThat(type).isNotEqualTo(MiniLm.class);
      Corpus corpus = new Corpus();
      Batch batch =
          Batch.of(List.of(corpus.passage(1, 5), corpus.passage(2, 17), corpus.passage(3, 64)));
      long[] shape = {batch.rows().size(), batch.tokens()};
      try (CompiledModel model = Tilewright.load(type, weights, options(precision))) {
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
