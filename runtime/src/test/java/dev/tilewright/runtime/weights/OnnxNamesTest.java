package dev.tilewright.runtime.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.runtime.AmbiguousWeightException;
import java.util.List;
import org.junit.jupiter.api.Test;

class OnnxNamesTest {
  private static final String CONSTANT = "onnx::MatMul_12";

  @Test
  void namesAMatMulAfterItsNode() {
    var model =
        new OnnxModel()
            .initializer(OnnxModel.floats(CONSTANT, 2, 3))
            .node(OnnxModel.node("MatMul", "/layer.0/query/MatMul", List.of("x", CONSTANT), "y"));
    assertWeight(model, "layer.0.query.weight", 0, 3, 1, 4, 2, 5);
    try (var weights = model.open()) {
      assertThat(weights.names()).containsExactly("layer.0.query.weight");
      assertThat(weights.find("layer.0.query.weight").orElseThrow().shape())
          .containsExactly(3L, 2L);
      assertThat(weights.find(CONSTANT).orElseThrow().shape()).containsExactly(2L, 3L);
    }
  }

  @Test
  void namesAMatMulAfterTheBiasThatFollows() {
    assertWeight(biased("MatMul_7", "query.bias"), "query.weight", 0, 3, 1, 4, 2, 5);
  }

  @Test
  void acceptsAgreementUpToAPrefix() {
    var model = biased("/layer.0/query/MatMul", "bert.layer.0.query.bias");
    assertWeight(model, "bert.layer.0.query.weight", 0, 3, 1, 4, 2, 5);
    assertWeight(model, "layer.0.query.weight", 0, 3, 1, 4, 2, 5);
  }

  @Test
  void refusesContradictions() {
    try (var weights = biased("/layer.0/query/MatMul", "layer.0.key.bias").open()) {
      for (var name : List.of("layer.0.query.weight", "layer.0.key.weight")) {
        assertThatThrownBy(() -> weights.find(name))
            .isInstanceOf(AmbiguousWeightException.class)
            .hasMessageContaining("/layer.0/query/MatMul")
            .hasMessageContaining("layer.0.key.weight")
            .hasMessageContaining(CONSTANT);
      }
    }
  }

  @Test
  void ignoresABiasThatSeveralLayersShare() {
    var model =
        biased("/layer.0/query/MatMul", "layer.0.key.bias")
            .node(OnnxModel.node("Add", "/layer.0/key/Add", List.of("layer.0.key.bias", "k"), "l"));
    assertWeight(model, "layer.0.query.weight", 0, 3, 1, 4, 2, 5);
    assertWeight(model, "layer.0.query.bias", 0, 1, 2);
  }

  @Test
  void refusesTwoConstantsOfOneModule() {
    try (var weights =
        new OnnxModel()
            .initializer(OnnxModel.floats("onnx::MatMul_1", 2, 3))
            .initializer(OnnxModel.floats("onnx::MatMul_2", 2, 3))
            .node(OnnxModel.node("MatMul", "/mix/MatMul", List.of("x", "onnx::MatMul_1"), "y"))
            .node(OnnxModel.node("MatMul", "/mix/MatMul_1", List.of("x", "onnx::MatMul_2"), "z"))
            .open()) {
      assertThatThrownBy(() -> weights.find("mix.weight"))
          .isInstanceOf(AmbiguousWeightException.class)
          .hasMessageContaining("onnx::MatMul_1 transposed, onnx::MatMul_2 transposed");
    }
  }

  @Test
  void refusesTwoInitializersOfOneName() {
    try (var weights =
        new OnnxModel()
            .initializer(OnnxModel.floats("a.weight", 2))
            .initializer(OnnxModel.floats("a.weight", 3))
            .open()) {
      assertThatThrownBy(() -> weights.find("a.weight"))
          .isInstanceOf(AmbiguousWeightException.class);
    }
  }

  @Test
  void takesAWeightOnTheLeftAsItIs() {
    var model =
        new OnnxModel()
            .initializer(OnnxModel.floats(CONSTANT, 2, 3))
            .node(OnnxModel.node("MatMul", "/fc/MatMul", List.of(CONSTANT, "x"), "y"));
    assertWeight(model, "fc.weight", 0, 1, 2, 3, 4, 5);
  }

  @Test
  void respectsTransB() {
    assertWeight(gemm(0), "fc.weight", 0, 3, 1, 4, 2, 5);
    assertWeight(gemm(1), "fc.weight", 0, 1, 2, 3, 4, 5);
    assertWeight(gemm(1), "fc.bias", 0, 1);
    try (var weights = gemm(0, OnnxModel.number("alpha", 0.5f)).open()) {
      assertThat(weights.find("fc.weight")).isEmpty();
    }
  }

  private static OnnxModel gemm(long transB, ProtoMessage... more) {
    return new OnnxModel()
        .initializer(OnnxModel.floats("onnx::Gemm_1", 2, 3))
        .initializer(OnnxModel.floats("onnx::Gemm_2", 2))
        .node(
            OnnxModel.node("Gemm", "/fc/Gemm", List.of("x", "onnx::Gemm_1", "onnx::Gemm_2"), "y"),
            more.length > 0 ? more : new ProtoMessage[] {OnnxModel.integer("transB", transB)});
  }

  @Test
  void seesThroughTransposeAndIdentity() {
    var model =
        new OnnxModel()
            .initializer(OnnxModel.floats("5", 3, 2))
            .node(OnnxModel.node("Identity", "", List.of("5"), "6"))
            .node(
                OnnxModel.node("Transpose", "", List.of("6"), "7"),
                OnnxModel.integers("perm", 1, 0))
            .node(OnnxModel.node("MatMul", "/fc/MatMul", List.of("x", "7"), "y"));
    assertWeight(model, "fc.weight", 0, 1, 2, 3, 4, 5);
  }

  @Test
  void seesThroughConstantNodes() {
    var value = new ProtoMessage().text(1, "value").message(5, OnnxModel.floats("", 2, 3));
    var model =
        new OnnxModel()
            .node(OnnxModel.node("Constant", "", List.of(), "c"), value)
            .node(OnnxModel.node("MatMul", "/fc/MatMul", List.of("x", "c"), "y"));
    assertWeight(model, "fc.weight", 0, 3, 1, 4, 2, 5);
  }

  @Test
  void dequantizesPerTensor() {
    var model =
        new OnnxModel()
            .initializer(OnnxModel.tensor("q", OnnxModel.UINT8, 1, 2).packed(5, 10, 14))
            .initializer(OnnxModel.tensor("s", OnnxModel.FLOAT).number(4, 0.5f))
            .initializer(OnnxModel.tensor("z", OnnxModel.UINT8).packed(5, 12))
            .node(OnnxModel.node("DequantizeLinear", "", List.of("q", "s", "z"), "w"))
            .node(OnnxModel.node("MatMul", "/fc/MatMul", List.of("x", "w"), "y"));
    assertWeight(model, "fc.weight", -1, 1);
  }

  @Test
  void dequantizesPerAxis() {
    var model =
        new OnnxModel()
            .initializer(OnnxModel.tensor("q", OnnxModel.INT8, 2, 2).packed(5, 1, 2, 3, 4))
            .initializer(OnnxModel.tensor("s", OnnxModel.FLOAT, 2).number(4, 1).number(4, 10))
            .node(
                OnnxModel.node("DequantizeLinear", "", List.of("q", "s"), "w"),
                OnnxModel.integer("axis", 0))
            .node(OnnxModel.node("Transpose", "", List.of("w"), "t"))
            .node(OnnxModel.node("MatMul", "/fc/MatMul", List.of("x", "t"), "y"));
    assertWeight(model, "fc.weight", 1, 2, 30, 40);
  }

  @Test
  void namesEmbeddingsNormsAndConvolutions() {
    var model =
        new OnnxModel()
            .initializer(OnnxModel.floats("onnx::Gather_1", 3, 2))
            .initializer(OnnxModel.floats("onnx::Mul_2", 2))
            .initializer(OnnxModel.floats("onnx::Add_3", 2))
            .initializer(OnnxModel.floats("onnx::Conv_4", 1, 2, 3))
            .initializer(OnnxModel.floats("onnx::Conv_5", 1))
            .initializer(OnnxModel.tensor("onnx::Reshape_6", OnnxModel.INT64, 2).packed(7, 1, -1))
            .node(OnnxModel.node("Gather", "/words/Gather", List.of("onnx::Gather_1", "i"), "a"))
            .node(OnnxModel.node("Mul", "/norm/Mul", List.of("a", "onnx::Mul_2"), "b"))
            .node(OnnxModel.node("Add", "/norm/Add_1", List.of("b", "onnx::Add_3"), "c"))
            .node(
                OnnxModel.node(
                    "Conv", "/conv/Conv", List.of("c", "onnx::Conv_4", "onnx::Conv_5"), "d"))
            .node(OnnxModel.node("Reshape", "/Reshape", List.of("d", "onnx::Reshape_6"), "e"));
    try (var weights = model.open()) {
      assertThat(weights.names())
          .containsExactly("words.weight", "norm.weight", "norm.bias", "conv.weight", "conv.bias");
    }
    assertWeight(model, "words.weight", 0, 1, 2, 3, 4, 5);
    assertWeight(model, "norm.weight", 0, 1);
    assertWeight(model, "conv.weight", 0, 1, 2, 3, 4, 5);
  }

  @Test
  void survivesCyclicGraphs() {
    var model =
        new OnnxModel()
            .node(OnnxModel.node("DequantizeLinear", "", List.of("a", "a", "a"), "a"))
            .node(OnnxModel.node("MatMul", "/fc/MatMul", List.of("x", "a"), "y"));
    try (var weights = model.open()) {
      assertThat(weights.find("fc.weight")).isEmpty();
    }
  }

  private static OnnxModel biased(String node, String bias) {
    return new OnnxModel()
        .initializer(OnnxModel.floats(CONSTANT, 2, 3))
        .initializer(OnnxModel.floats(bias, 3))
        .node(OnnxModel.node("MatMul", node, List.of("x", CONSTANT), "y"))
        .node(OnnxModel.node("Add", node.replace("MatMul", "Add"), List.of(bias, "y"), "z"));
  }

  private static void assertWeight(OnnxModel model, String name, float... values) {
    try (var weights = model.open()) {
      assertThat(weights.find(name).orElseThrow().toFloats()).containsExactly(values);
    }
  }
}
