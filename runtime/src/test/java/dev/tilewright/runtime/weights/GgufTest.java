package dev.tilewright.runtime.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import dev.tilewright.runtime.ClosedWeightsException;
import dev.tilewright.runtime.CorruptWeightsException;
import dev.tilewright.runtime.UnsupportedWeightsException;
import dev.tilewright.runtime.WeightType;
import dev.tilewright.runtime.Weights;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgufTest {
  /** What quantised.py made with the gguf package of Python. */
  private static Weights golden() {
    return Weights.open(GgufTest.class.getResource("quantised.gguf"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "Q8_K",
        "IQ4_NL", "IQ4_XS"
      })
  void decodesAsTheReferenceDoes(String type) {
    try (var weights = golden()) {
      var decoded = weights.find(type).orElseThrow();
      var expected = weights.find(type + ".values").orElseThrow();
      assertThat(decoded.type()).isEqualTo(WeightType.valueOf(type));
      assertThat(decoded.shape()).isEqualTo(expected.shape());
      assertThat(decoded.toFloats()).isEqualTo(expected.toFloats());
      assertThat(decoded.toFloats()).doesNotContain(Float.NaN);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q8_K", "IQ4_NL", "IQ4_XS"
      })
  void blocksAreScalesAndOffsets(String name) {
    try (var weights = golden()) {
      var weight = weights.find(name).orElseThrow();
      var type = weight.type();
      float[] values = weight.toFloats();
      var form = BlockForm.of(type).orElseThrow();
      var groups = new QuantGroups(values.length / QuantGroups.SIZE);
      var blocks = new BlockBytes(weight.data(), type.bytes());
      while (blocks.next()) {
        form.read(blocks, groups);
      }
      for (int i = 0; i < values.length; i++) {
        int quant = groups.quants()[i] & 0xFF;
        float scale = groups.scales()[i / QuantGroups.SIZE];
        float offset = groups.offsets()[i / QuantGroups.SIZE];
        assertThat((double) values[i])
            .isCloseTo(
                scale * (double) quant + offset,
                within(Math.ulp(values[i]) + Math.abs(offset) * 0x1p-24));
      }
    }
  }

  @Test
  void matricesOfBlocksCanBeTransposed() {
    try (var weights = golden()) {
      var matrix = weights.find("Q4_0").orElseThrow();
      int rows = matrix.shape().get(0).intValue();
      int columns = matrix.shape().get(1).intValue();
      float[] plain = matrix.toFloats();
      float[] turned = matrix.transposed().toFloats();
      float[] copied = new float[turned.length];
      matrix.transposed().copyTo(MemorySegment.ofArray(copied));
      assertThat(copied).isEqualTo(turned);
      for (int i = 0; i < plain.length; i++) {
        assertThat(turned[i % columns * rows + i / columns]).isEqualTo(plain[i]);
      }
      assertThatThrownBy(() -> matrix.range(1, 32)).hasMessageContaining("no whole blocks of 32");
    }
  }

  @Test
  void leavesPlainElementsWhereTheyAre() {
    try (var weights = golden()) {
      var half = weights.find("half").orElseThrow();
      assertThat(half.type()).isEqualTo(WeightType.F16);
      assertThat(half.shape()).containsExactly(1L, 3L);
      assertThat(half.toFloats()).containsExactly(1.5f, -2, 0.25f);
    }
  }

  @Test
  void tellsMetadata() {
    Weights weights = golden();
    Map<String, Object> metadata = weights.metadata();
    assertThat(metadata)
        .containsEntry("general.architecture", "test")
        .containsEntry("test.block_count", 2L)
        .containsEntry("test.epsilon", (double) 1e-5f)
        .containsEntry("test.tied", true)
        .containsEntry("tokenizer.chat_template", "{{ messages }} – ünïcode")
        .containsEntry("tokenizer.ggml.tokens", List.of("<s>", "hällo", ""))
        .containsEntry("tokenizer.ggml.scores", List.of(0.5, -1.0, 2.25))
        .containsEntry("tokenizer.ggml.token_type", List.of(1L, -2L, 3L));
    weights.close();
    assertThatThrownBy(weights::metadata).isInstanceOf(ClosedWeightsException.class);
    assertThat(metadata.get("tokenizer.ggml.tokens"))
        .asInstanceOf(LIST)
        .satisfies(
            tokens ->
                assertThatThrownBy(() -> tokens.get(0)).isInstanceOf(ClosedWeightsException.class));
  }

  @Test
  void readsArraysOfArrays() {
    byte[] inner = GgufFile.array(GgufFile.UINT32, 2, GgufFile.int32(1), GgufFile.int32(-1));
    try (var weights =
        new GgufFile()
            .pair("nested", GgufFile.ARRAY, GgufFile.array(GgufFile.ARRAY, 2, inner, inner))
            .open(0)) {
      List<Long> row = List.of(1L, 0xFFFFFFFFL);
      assertThat(weights.metadata()).containsEntry("nested", List.of(row, row));
    }
  }

  @Test
  void takesExtentsFromTheInnermostOn() {
    try (var weights = new GgufFile().version(2).tensor("w", GgufFile.F32, 0, 3, 2).open(24)) {
      assertThat(weights.find("w").orElseThrow().shape()).containsExactly(2L, 3L);
    }
  }

  @Test
  void refusesVersions() {
    refuses(new GgufFile().version(1), "GGUF of version 1; 2 and 3 are supported");
    refuses(new GgufFile().version(Integer.reverseBytes(3)), "convert it to little endian");
  }

  @Test
  void refusesTypes() {
    refuses(new GgufFile().tensor("w", 77, 0, 32), "tensor w of an input stream has the unknown");
    try (var weights = new GgufFile().tensor("w", 16, 0, 256).open(66)) {
      assertThatThrownBy(() -> weights.find("w"))
          .isInstanceOf(UnsupportedWeightsException.class)
          .hasMessageContaining("is IQ2_XXS, which is not supported");
    }
  }

  @Test
  void refusesDamage() {
    corrupt(new GgufFile().announce(1L << 60, 0), 0, "key-value pairs announced, but only");
    corrupt(new GgufFile().announce(0, -1), 0, "18446744073709551615 tensors announced");
    corrupt(new GgufFile().pair("a", 1).pair("a", 1), 0, "the key a came before");
    corrupt(new GgufFile().pair("a", 13, new byte[8]), 0, "a has the unknown type 13");
    corrupt(
        new GgufFile().pair("a", GgufFile.STRING, GgufFile.int64(Long.MAX_VALUE)),
        0,
        "9223372036854775807 bytes of a announced");
    corrupt(
        new GgufFile().pair("a", GgufFile.ARRAY, GgufFile.array(GgufFile.UINT32, 1 << 30)),
        0,
        "1073741824 elements of a announced");
    byte[] deep = GgufFile.array(GgufFile.UINT32, 0);
    for (int level = 0; level < 5; level++) {
      deep = GgufFile.array(GgufFile.ARRAY, 1, deep);
    }
    corrupt(new GgufFile().pair("a", GgufFile.ARRAY, deep), 0, "a nests arrays");
    corrupt(
        new GgufFile().pair("general.alignment", 24).tensor("w", GgufFile.F32, 0, 8),
        32,
        "general.alignment must be a power of two, 24 found");
    corrupt(new GgufFile().tensor("w", GgufFile.F32, 0, 8), 31, "the file is cut short");
    corrupt(new GgufFile().tensor("w", GgufFile.F32, -32, 8), 64, "18446744073709551584 of the");
    corrupt(new GgufFile().tensor("w", GgufFile.F32, 4, 7), 64, "no multiple of the alignment 32");
    corrupt(
        new GgufFile().tensor("v", GgufFile.F32, 0, 9).tensor("w", GgufFile.F32, 32, 8),
        96,
        "tensor w begins at 32 of the data, within another one that ends at 36");
    corrupt(
        new GgufFile().tensor("w", GgufFile.F32, 0, 1).tensor("w", GgufFile.F32, 32, 1),
        96,
        "the tensor w came before");
    corrupt(new GgufFile().tensor("w", GgufFile.Q8_0, 0, 33), 64, "no whole blocks of 32 (Q8_0)");
    corrupt(new GgufFile().tensor("w", GgufFile.F32, 0, 1L << 40, 1L << 40), 64, "impossible size");
    corrupt(new GgufFile().tensor("w", GgufFile.F32, 0, new long[9]), 64, "has 9 dimensions");
  }

  private static void refuses(GgufFile file, String problem) {
    assertThatThrownBy(() -> file.open(64))
        .isInstanceOf(UnsupportedWeightsException.class)
        .hasMessageContaining(problem);
  }

  private static void corrupt(GgufFile file, int dataLength, String problem) {
    assertThatThrownBy(() -> file.open(dataLength))
        .isInstanceOf(CorruptWeightsException.class)
        .hasMessageContaining(problem);
  }
}
