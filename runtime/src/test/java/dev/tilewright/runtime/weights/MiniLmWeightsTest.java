package dev.tilewright.runtime.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.runtime.RequiredWeight;
import dev.tilewright.runtime.WeightMatcher;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.WeightType;
import dev.tilewright.runtime.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The names of a real export by PyTorch: all-MiniLM-L6-v2. */
class MiniLmWeightsTest {
  private static Weights weights;

  @BeforeAll
  static void open() {
    weights = Weights.open(MiniLmWeightsTest.class.getResource("/all-minilm-l6-v2.onnx"));
  }

  @AfterAll
  static void close() {
    weights.close();
  }

  @Test
  void resolvesEveryNameOfTheModel() {
    var required = new ArrayList<RequiredWeight>();
    require(required, "embeddings.word_embeddings.weight", 30522, 384);
    require(required, "embeddings.position_embeddings.weight", 512, 384);
    require(required, "embeddings.token_type_embeddings.weight", 2, 384);
    requireNorm(required, "embeddings.LayerNorm");
    for (int i = 0; i < 6; i++) {
      var layer = "encoder.layer." + i + ".";
      requireLinear(required, layer + "attention.self.query", 384, 384);
      requireLinear(required, layer + "attention.self.key", 384, 384);
      requireLinear(required, layer + "attention.self.value", 384, 384);
      requireLinear(required, layer + "attention.output.dense", 384, 384);
      requireNorm(required, layer + "attention.output.LayerNorm");
      requireLinear(required, layer + "intermediate.dense", 1536, 384);
      requireLinear(required, layer + "output.dense", 384, 1536);
      requireNorm(required, layer + "output.LayerNorm");
    }
    var match = WeightMatcher.match(weights, required);
    assertThat(match.tensors()).hasSize(101);
    assertThat(match.extra()).containsExactly("embeddings.position_ids");
  }

  @Test
  void readsFiniteValuesOfTheRightSize() {
    for (var name : weights.names()) {
      var tensor = weights.find(name).orElseThrow();
      var floats = tensor.toFloats();
      assertThat(floats).hasSize((int) tensor.size());
      boolean finite = true;
      for (float value : floats) {
        finite &= Float.isFinite(value);
      }
      assertThat(finite).as(name).isTrue();
    }
  }

  @Test
  void viewsMatMulConstantsTransposed() {
    WeightTensor up = weights.find("encoder.layer.3.intermediate.dense.weight").orElseThrow();
    assertThat(up.strides()).containsExactly(1L, 1536L);
    var outIn = up.toFloats();
    var inOut = up.transposed().toFloats();
    assertThat(outIn[5 * 384 + 7]).isEqualTo(inOut[7 * 1536 + 5]);
  }

  private static void requireLinear(List<RequiredWeight> required, String name, long out, long in) {
    require(required, name + ".weight", out, in);
    require(required, name + ".bias", out);
  }

  private static void requireNorm(List<RequiredWeight> required, String name) {
    require(required, name + ".weight", 384);
    require(required, name + ".bias", 384);
  }

  private static void require(List<RequiredWeight> required, String name, long... shape) {
    required.add(
        new RequiredWeight(
            name, WeightType.F32, Arrays.stream(shape).boxed().toList(), "MiniLm.java " + name));
  }
}
