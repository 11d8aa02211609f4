package dev.tilewright.runtime.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.runtime.CorruptWeightsException;
import dev.tilewright.runtime.UnsupportedWeightsException;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.WeightType;
import dev.tilewright.runtime.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PackedLinearTest {
  @TempDir Path folder;

  /** What packed.py made with AutoAWQ. */
  private static byte[] file() throws IOException {
    try (InputStream in = PackedLinearTest.class.getResourceAsStream("packed.safetensors")) {
      return in.readAllBytes();
    }
  }

  private Path model() throws IOException {
    return Files.write(folder.resolve("model.safetensors"), file());
  }

  @ParameterizedTest
  @CsvSource({
    "awq32, U4_GROUP",
    "awq64, U4_GROUP",
    "awq16, F32",
    "gptq32, U4_GROUP",
    "gptq64, U4_GROUP",
    "gptq16, F32",
    "symmetric, U4_GROUP",
    "bits2, U4_GROUP",
    "bits8, U8_GROUP",
    "ordered, F32",
    "straight, U4_GROUP",
  })
  void meansWhatItsMakersSay(String name, WeightType type) throws IOException {
    try (Weights weights = Weights.open(model())) {
      WeightTensor weight = weights.find(name + ".weight").orElseThrow();
      assertThat(weight.type()).isEqualTo(type);
      WeightTensor expected = weights.find(name + ".expected").orElseThrow();
      assertThat(weight.shape()).isEqualTo(expected.shape());
      assertThat(weight.toFloats()).isEqualTo(expected.toFloats());
      assertThat(weights.find(name + ".weight").orElseThrow().data()).isEqualTo(weight.data());
      BlockForm.of(type)
          .ifPresent(form -> assertThat(formed(weight, form)).isEqualTo(expected.toFloats()));
    }
  }

  private static float[] formed(WeightTensor weight, BlockForm form) {
    float[] all = new float[(int) weight.size()];
    QuantGroups groups = new QuantGroups(all.length / QuantGroups.SIZE);
    BlockBytes blocks = new BlockBytes(weight.data(), weight.type().bytes());
    while (blocks.next()) {
      form.read(blocks, groups);
    }
    for (int i = 0; i < all.length; i++) {
      int group = i / QuantGroups.SIZE;
      int quant = Byte.toUnsignedInt(groups.quants()[i]);
      all[i] = groups.scales()[group] * quant + groups.offsets()[group];
    }
    return all;
  }

  @Test
  void showsMatricesAndNotTheirParts() throws IOException {
    try (Weights weights = Weights.open(model())) {
      assertThat(weights.names())
          .contains("gptq32.weight", "gptq32.bias", "awq64.weight")
          .noneMatch(name -> name.matches(".*\\.(qweight|qzeros|scales|g_idx)"));
    }
  }

  @Test
  void readsGptqsSecondFormWhereTheModelSaysSo() throws IOException {
    Path model = model();
    Files.writeString(
        folder.resolve("config.json"),
        "{\"hidden\": [1], \"quantization_config\": {\"bits\": 4, \"checkpoint_format\":"
            + " \"gptq_v2\"}}");
    try (Weights weights = Weights.open(model)) {
      float[] first = weights.find("gptq32.expected").orElseThrow().toFloats();
      float[] second = weights.find("gptq32.weight").orElseThrow().toFloats();
      for (int i = 0; i < first.length; i++) {
        assertThat(second[i]).isGreaterThan(first[i]);
      }
      assertThat(weights.find("awq32.weight").orElseThrow().toFloats())
          .isEqualTo(weights.find("awq32.expected").orElseThrow().toFloats());
    }
    Files.writeString(folder.resolve("config.json"), "{\"checkpoint_format\": ");
    assertThatThrownBy(() -> Weights.open(model))
        .isInstanceOf(CorruptWeightsException.class)
        .hasMessageContaining("config.json");
  }

  @Test
  void joinsPartsOfSeveralFiles() throws IOException {
    Files.write(folder.resolve("a.safetensors"), file());
    String map =
        Stream.of("qweight", "qzeros", "scales", "expected")
            .map(part -> "\"awq64." + part + "\": \"a.safetensors\"")
            .collect(Collectors.joining(", "));
    Path index =
        Files.writeString(
            folder.resolve("model.safetensors.index.json"), "{\"weight_map\": {" + map + "}}");
    try (Weights weights = Weights.open(index)) {
      assertThat(weights.names()).containsExactly("awq64.expected", "awq64.weight");
      assertThat(weights.find("awq64.weight").orElseThrow().toFloats())
          .isEqualTo(weights.find("awq64.expected").orElseThrow().toFloats());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "I32; [2, 8]; 64; F32; [1, 7]; 28; neither GPTQ's with 2, 4 or 8 bits nor AWQ's",
        "I32; [2, 8]; 64; F32; [1, 8]; 32; neither GPTQ's",
        "I32; [16]; 64; F32; [1, 8]; 32; a matrix of I32 expected",
        "F32; [2, 8]; 64; F32; [1, 8]; 32; a matrix of I32 expected",
        "I32; [2, 1]; 8; I32; [1, 8]; 32; a matrix of floats expected",
        "I32; [2, 1]; 8; F32; [3, 8]; 96; neither GPTQ's",
        "I32; [0, 1]; 0; F32; [0, 8]; 0; neither GPTQ's",
      })
  void refusesWhatIsNeither(
      String type,
      String shape,
      int size,
      String scaleType,
      String scaleShape,
      int scaleSize,
      String why) {
    String header =
        """
        {"x.qweight": {"dtype": "%s", "shape": %s, "data_offsets": [0, %d]},
         "x.scales": {"dtype": "%s", "shape": %s, "data_offsets": [%d, %d]}}\
        """
            .formatted(type, shape, size, scaleType, scaleShape, size, size + scaleSize);
    try (Weights weights = SafetensorsFile.open(header, size + scaleSize)) {
      assertThatThrownBy(() -> weights.find("x.weight"))
          .isInstanceOf(UnsupportedWeightsException.class)
          .hasMessageContainingAll("x.weight", why);
    }
  }

  @Test
  void refusesGroupsThatAreNot() {
    String header =
        """
        {"x.qweight": {"dtype": "I32", "shape": [2, 1], "data_offsets": [0, 8]},
         "x.scales": {"dtype": "F32", "shape": [1, 8], "data_offsets": [8, 40]},
         "x.g_idx": {"dtype": "I32", "shape": [2], "data_offsets": [40, 48]}}\
        """;
    try (Weights weights = SafetensorsFile.open(header, 48)) {
      assertThatThrownBy(() -> weights.find("x.weight"))
          .isInstanceOf(UnsupportedWeightsException.class)
          .hasMessageContaining("g_idx must give one of 1 groups for each of 2 inputs");
    }
  }
}
