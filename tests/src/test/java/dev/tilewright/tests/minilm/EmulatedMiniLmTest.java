package dev.tilewright.tests.minilm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tilewright.DType;
import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.Platform;
import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.GraphBuilder;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.codegen.graph.Program.EntryPoint;
import dev.tilewright.examples.search.EncoderLayer;
import dev.tilewright.examples.search.MiniLm;
import dev.tilewright.op.TensorType;
import dev.tilewright.op.WeightSource;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.Weights;
import dev.tilewright.tests.level.Emulator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The example's model with its real weights on processors that this machine is not. */
class EmulatedMiniLmTest {
  /** Of components of unit vectors, as issue and test of the native model have it. */
  private static final double TOLERANCE = 1e-5;

  private static final int SENTENCES = 2;

  private static Weights weights;
  private static Batch batch;
  private static double[] exact;

  @BeforeAll
  static void open() {
    weights = Weights.open(Corpus.onnx());
    Corpus corpus = new Corpus();
    batch = Batch.of(List.of(corpus.passage(1, 4), corpus.passage(2, 9)));
    exact =
        ((DoubleTensor)
                new ExactMiniLm(weights)
                    .embed(
                        ExactMiniLm.ints(SENTENCES, batch.tokens(), batch.ids()),
                        ExactMiniLm.ints(SENTENCES, batch.tokens(), batch.mask())))
            .elements();
  }

  @AfterAll
  static void close() {
    weights.close();
  }

  @ParameterizedTest
  @CsvSource({"neon, LINUX_AARCH64, cortex-a57", "avx2, LINUX_X86_64, Haswell"})
  void embeds(String target, Platform platform, String cpu) throws Exception {
    double[][] vectors = embed(target, Precision.FLOAT32, platform, cpu);
    for (int i = 0; i < vectors[1].length; i++) {
      assertThat(vectors[0][i]).as("component %d", i).isCloseTo(vectors[1][i], within(TOLERANCE));
    }
  }

  /**
   * In each precision, with every kind of instruction for it.
   *
   * @param cosine the least that a vector may have with the exact one, as on this machine
   */
  @ParameterizedTest
  @CsvSource({
    "neon, BFLOAT16, LINUX_AARCH64, cortex-a53, 0.9999",
    "neon, INT8, LINUX_AARCH64, cortex-a53, 0.996",
    "neon, BFLOAT16_WEIGHTS, LINUX_AARCH64, cortex-a53, 0.9999",
    "neon, INT8_WEIGHTS, LINUX_AARCH64, cortex-a53, 0.998",
    "neon-dotprod, INT8, LINUX_AARCH64, cortex-a76, 0.996",
    "neon-i8mm, INT8, LINUX_AARCH64, max, 0.996",
    "neon-bf16, BFLOAT16, LINUX_AARCH64, max, 0.9999",
    "avx2, BFLOAT16, LINUX_X86_64, Haswell, 0.9999",
    "avx2, INT8, LINUX_X86_64, Haswell, 0.996",
  })
  void embedsInNarrowPrecisions(
      String target, Precision precision, Platform platform, String cpu, double cosine)
      throws Exception {
    double[][] vectors = embed(target, precision, platform, cpu);
    int width = vectors[0].length / SENTENCES;
    for (int row = 0; row < SENTENCES; row++) {
      double dot = 0;
      double norm = 0;
      double exactNorm = 0;
      for (int i = row * width; i < (row + 1) * width; i++) {
        dot += vectors[0][i] * vectors[1][i];
        norm += vectors[0][i] * vectors[0][i];
        exactNorm += vectors[1][i] * vectors[1][i];
      }
      assertThat(dot / Math.sqrt(norm * exactNorm))
          .as("cosine of sentence %d", row)
          .isGreaterThanOrEqualTo(cosine);
    }
  }

  /** The components of two sentences' vectors, as computed and in binary64. */
  private static double[][] embed(String target, Precision precision, Platform platform, String cpu)
      throws Exception {
    assumeTrue(
        Emulator.runs(platform),
        () -> "no emulator for " + platform + " on the PATH: install qemu-user");
    try (Emulator emulator = Emulator.compile(program(), target, precision, platform, cpu)) {
      WeightSource source =
          (name, type) -> HostTensor.wrap(type, ExactMiniLm.floats(weights, name, type));
      TensorType type = TensorType.of(DType.INT32, SENTENCES, batch.tokens());
      float[] vectors =
          emulator
              .run(
                  "embed",
                  List.of(HostTensor.wrap(type, batch.ids()), HostTensor.wrap(type, batch.mask())),
                  source,
                  Map.of("B", (long) SENTENCES, "S", (long) batch.tokens()))
              .getFirst()
              .toFloats();
      double[] computed = IntStream.range(0, vectors.length).mapToDouble(i -> vectors[i]).toArray();
      assertThat(computed).hasSameSizeAs(exact);
      return new double[][] {computed, exact};
    }
  }

  /** All layers call one function, as in what the annotation processor makes of the model. */
  private static Program program() {
    GraphBuilder builder = new GraphBuilder("embed");
    Tensor ids = builder.input("ids", TensorType.parse("i32[B, S]"));
    Tensor mask = builder.input("mask", TensorType.parse("i32[B, S]"));
    Function layer = layer();
    MiniLm model =
        new OpenMiniLm(builder::weight) {
          @Override
          public EncoderLayer layer(int i) {
            return new OpenLayer(builder::weight, "") {
              @Override
              public Tensor forward(Tensor x, Tensor mask) {
                return builder
                    .call(layer, "encoder.layer." + i + ".", List.of(x, mask), List.of(x.type()))
                    .getFirst();
              }
            };
          }
        };
    return new Program(
        "tests.MiniLm",
        List.of(layer, builder.finish(List.of(model.embed(ids, mask)))),
        List.of(new EntryPoint("embed", "embed")));
  }

  private static Function layer() {
    GraphBuilder builder = new GraphBuilder("layer");
    Tensor x = builder.input("x", TensorType.parse("f32[B, S, 384]"));
    Tensor mask = builder.input("mask", TensorType.parse("i32[B, S]"));
    return builder.finish(List.of(new OpenLayer(builder::weight, "").forward(x, mask)));
  }
}
