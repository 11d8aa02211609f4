package dev.tilewright.tests.minilm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tilewright.DType;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.Platform;
import dev.tilewright.codegen.graph.GraphBuilder;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.codegen.graph.Program.EntryPoint;
import dev.tilewright.op.TensorType;
import dev.tilewright.op.WeightSource;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.Weights;
import dev.tilewright.tests.level.Emulator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The example's model with its real weights on processors that this machine is not. */
class EmulatedMiniLmTest {
  /** Of components of unit vectors, as issue and test of the native model have it. */
  private static final double TOLERANCE = 1e-5;

  @ParameterizedTest
  @CsvSource({"neon, LINUX_AARCH64, cortex-a57", "avx2, LINUX_X86_64, Haswell"})
  void embeds(String target, Platform platform, String cpu) throws Exception {
    assumeTrue(
        Emulator.runs(platform),
        () -> "no emulator for " + platform + " on the PATH: install qemu-user");
    Corpus corpus = new Corpus();
    Batch batch = Batch.of(List.of(corpus.passage(1, 4), corpus.passage(2, 9)));
    int rows = batch.rows().size();
    try (Weights weights = Weights.open(Corpus.onnx());
        Emulator emulator = Emulator.compile(program(), target, Precision.FLOAT32, platform, cpu)) {
      WeightSource source =
          (name, type) -> HostTensor.wrap(type, ExactMiniLm.floats(weights, name, type));
      TensorType type = TensorType.of(DType.INT32, rows, batch.tokens());
      float[] vectors =
          emulator
              .run(
                  "embed",
                  List.of(HostTensor.wrap(type, batch.ids()), HostTensor.wrap(type, batch.mask())),
                  source,
                  Map.of("B", (long) rows, "S", (long) batch.tokens()))
              .getFirst()
              .toFloats();
      double[] exact =
          ((DoubleTensor)
                  new ExactMiniLm(weights)
                      .embed(
                          ExactMiniLm.ints(rows, batch.tokens(), batch.ids()),
                          ExactMiniLm.ints(rows, batch.tokens(), batch.mask())))
              .elements();
      assertThat(vectors).hasSameSizeAs(exact);
      for (int i = 0; i < exact.length; i++) {
        assertThat((double) vectors[i])
            .as("component %d", i)
            .isCloseTo(exact[i], within(TOLERANCE));
      }
    }
  }

  private static Program program() {
    GraphBuilder builder = new GraphBuilder("embed");
    Tensor ids = builder.input("ids", TensorType.parse("i32[B, S]"));
    Tensor mask = builder.input("mask", TensorType.parse("i32[B, S]"));
    Tensor vectors = new OpenMiniLm(builder::weight).embed(ids, mask);
    return new Program(
        "tests.MiniLm",
        List.of(builder.finish(List.of(vectors))),
        List.of(new EntryPoint("embed", "embed")));
  }
}
