package dev.tilewright.runtime.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.runtime.CorruptWeightsException;
import dev.tilewright.runtime.UnreadableWeightsException;
import dev.tilewright.runtime.UnsupportedWeightsException;
import dev.tilewright.runtime.WeightType;
import dev.tilewright.runtime.Weights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnnxTest {
  @TempDir private Path folder;

  @Test
  void readsRawAndTypedData() {
    var doubles =
        ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putDouble(0.5).putDouble(-2).array();
    var floats =
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(0.5f).putFloat(-2).array();
    try (var weights =
        new OnnxModel()
            .initializer(OnnxModel.floats("a.raw", 2, 3))
            .initializer(OnnxModel.tensor("a.floats", 1, 2).bytes(4, floats))
            .initializer(OnnxModel.tensor("a.single", 1, 2).number(4, 0.5f).number(4, -2))
            .initializer(OnnxModel.tensor("a.doubles", 11, 2).bytes(10, doubles))
            .initializer(OnnxModel.tensor("a.int8s", 3, 2).packed(5, 5, -7))
            .initializer(OnnxModel.tensor("a.int64s", 7, 3).packed(7, 5, -7).integer(7, 1L << 40))
            .initializer(OnnxModel.tensor("a.halves", 10, 2).packed(5, 0x3e00, 0xc000))
            .initializer(OnnxModel.tensor("a.uint32s", 12, 1).packed(11, 0xffffffffL))
            .initializer(OnnxModel.tensor("a.scalar", 9).packed(5, 1))
            .initializer(OnnxModel.tensor("a.empty", 1, 0, 3))
            .open()) {
      assertThat(weights.names())
          .containsExactly(
              "a.raw",
              "a.floats",
              "a.single",
              "a.doubles",
              "a.int8s",
              "a.int64s",
              "a.halves",
              "a.uint32s",
              "a.scalar",
              "a.empty");
      assertThat(floats(weights, "a.raw")).containsExactly(0, 1, 2, 3, 4, 5);
      assertThat(floats(weights, "a.floats")).containsExactly(0.5f, -2);
      assertThat(floats(weights, "a.single")).containsExactly(0.5f, -2);
      assertThat(floats(weights, "a.doubles")).containsExactly(0.5f, -2);
      assertThat(floats(weights, "a.int8s")).containsExactly(5, -7);
      assertThat(floats(weights, "a.int64s")).containsExactly(5, -7, 0x1p40f);
      assertThat(floats(weights, "a.halves")).containsExactly(1.5f, -2);
      assertThat(floats(weights, "a.uint32s")).containsExactly(0x1p32f);
      assertThat(floats(weights, "a.scalar")).containsExactly(1);
      assertThat(floats(weights, "a.empty")).isEmpty();
      assertThat(weights.find("a.int8s").orElseThrow().type()).isEqualTo(WeightType.I8);
    }
  }

  @Test
  void refusesUnsupportedTensorsOnlyWhenTheyAreWanted() {
    try (var weights =
        new OnnxModel()
            .initializer(OnnxModel.tensor("a.text", OnnxModel.STRING, 1).text(6, "x"))
            .sparse(OnnxModel.floats("a.sparse", 3))
            .initializer(OnnxModel.floats("a.weight", 1))
            .open()) {
      assertThat(floats(weights, "a.weight")).containsExactly(0);
      assertThatThrownBy(() -> weights.find("a.text"))
          .isInstanceOf(UnsupportedWeightsException.class)
          .hasMessageContaining("data type 8");
      assertThatThrownBy(() -> weights.find("a.sparse"))
          .isInstanceOf(UnsupportedWeightsException.class)
          .hasMessageContaining("sparse");
    }
  }

  @Test
  void refusesDataThatDoesNotFitItsShape() {
    assertCorrupt(
        OnnxModel.tensor("w", 1, 3).bytes(9, new byte[8]), "F32[3] needs 12 bytes, but it has 8");
    assertCorrupt(
        OnnxModel.tensor("w", 1, 3).bytes(4, new byte[8]), "F32[3] needs 12 bytes, but it has 8");
    assertCorrupt(OnnxModel.tensor("w", 1, 3), "too few or too many");
    assertCorrupt(OnnxModel.tensor("w", 7, 1L << 40).packed(7, 1), "too few or too many");
    assertCorrupt(OnnxModel.tensor("w", 7, 2).packed(7, 1L << 40), "needs 16 bytes, but it has 8");
    assertCorrupt(OnnxModel.tensor("w", 7, 1).packed(7, 1, 2), "fewer elements than its data");
    assertCorrupt(OnnxModel.tensor("w", 1, -1).bytes(9, new byte[4]), "negative or too large");
    assertCorrupt(
        OnnxModel.tensor("w", 1, 1L << 62, 4).bytes(9, new byte[4]), "negative or too large");
    assertCorrupt(
        new ProtoMessage().number(1, 2), "a length expected in field 1, wire type 5 found");
    assertCorrupt(
        OnnxModel.floats("w", 1).integer(8, 1), "text expected in field 8, wire type 0 found");
  }

  private static void assertCorrupt(ProtoMessage tensor, String problem) {
    assertThatThrownBy(() -> new OnnxModel().initializer(tensor).open())
        .isInstanceOf(CorruptWeightsException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void refusesEveryTruncation() {
    var sound = new OnnxModel().initializer(OnnxModel.floats("a.weight", 3)).toBytes();
    for (int length = 0; length < sound.length; length++) {
      var cut = Arrays.copyOf(sound, length);
      assertThatThrownBy(() -> SafetensorsFile.open(cut))
          .isInstanceOf(CorruptWeightsException.class);
    }
  }

  @Test
  void refusesDeepNesting() {
    var graph = new ProtoMessage();
    for (int i = 0; i < 2000; i++) {
      graph =
          new ProtoMessage()
              .message(1, new ProtoMessage().message(5, new ProtoMessage().message(6, graph)));
    }
    var file = new ProtoMessage().integer(1, 8).message(7, graph).toBytes();
    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(CorruptWeightsException.class)
        .hasMessageContaining("deep");
  }

  @Test
  void findsInitializersOfNestedGraphs() {
    var branch = new OnnxModel().initializer(OnnxModel.floats("inner.weight", 2)).graph();
    var attribute = new ProtoMessage().text(1, "then_branch").message(6, branch);
    try (var weights =
        new OnnxModel().node(OnnxModel.node("If", "", List.of("c"), "y"), attribute).open()) {
      assertThat(floats(weights, "inner.weight")).containsExactly(0, 1);
    }
  }

  @Test
  void readsExternalData() throws IOException {
    var data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    data.putFloat(1).putFloat(2).putFloat(3).putFloat(4);
    Files.write(folder.resolve("model.onnx_data"), data.array());
    var model =
        new OnnxModel()
            .initializer(external("a.weight", 2, "model.onnx_data", "4", "8"))
            .initializer(external("b.weight", 4, "model.onnx_data", "0", null));
    var file = Files.write(folder.resolve("model.onnx"), model.toBytes());
    try (var weights = Weights.open(file)) {
      assertThat(floats(weights, "a.weight")).containsExactly(2, 3);
      assertThat(floats(weights, "b.weight")).containsExactly(1, 2, 3, 4);
    }
    assertThatThrownBy(model::open)
        .isInstanceOf(UnsupportedWeightsException.class)
        .hasMessageContaining("open it by its path");
  }

  @ParameterizedTest
  @CsvSource({
    "../secret, 0, 8, outside of its folder",
    "sub/../../secret, 0, 8, outside of its folder",
    "/secret, 0, 8, outside of its folder",
    "missing, 0, 8, does not exist",
    "data, 4, 8, but it has 8",
    "data, -1, 8, but it has 8",
    "data, 9223372036854775807, 8, but it has 8",
    "data, 0, 9223372036854775807, but it has 8",
    "data, 0, 4, 'needs 8 bytes, but it has 4'",
    "data, x, 4, not a number",
    ", 0, 8, no location",
  })
  void refusesBadExternalData(String location, String offset, String length, String problem)
      throws IOException {
    Files.write(folder.resolve("data"), new byte[8]);
    var model = new OnnxModel().initializer(external("a.weight", 2, location, offset, length));
    var file = Files.write(folder.resolve("model.onnx"), model.toBytes());
    assertThatThrownBy(() -> Weights.open(file))
        .isInstanceOfAny(
            CorruptWeightsException.class,
            UnsupportedWeightsException.class,
            UnreadableWeightsException.class)
        .hasMessageContaining(problem);
  }

  private static ProtoMessage external(
      String name, long size, String location, String offset, String length) {
    var tensor = OnnxModel.tensor(name, OnnxModel.FLOAT, size).integer(14, 1);
    if (location != null) {
      tensor.message(13, new ProtoMessage().text(1, "location").text(2, location));
    }
    tensor.message(13, new ProtoMessage().text(1, "offset").text(2, offset));
    if (length != null) {
      tensor.message(13, new ProtoMessage().text(1, "length").text(2, length));
    }
    return tensor;
  }

  private static float[] floats(Weights weights, String name) {
    return weights.find(name).orElseThrow().toFloats();
  }
}
