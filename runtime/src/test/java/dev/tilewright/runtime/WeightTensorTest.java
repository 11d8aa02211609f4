package dev.tilewright.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightTensorTest {
  /** Blocks are held to golden files in GgufTest and PackedLinearTest. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = "I?Q.*|U._GROUP")
  void convertsEveryTypeToFloat(WeightType type) {
    var bytes =
        ByteBuffer.allocate(1 + 2 * type.bytes()).order(ByteOrder.LITTLE_ENDIAN).put((byte) 7);
    float[] expected =
        switch (type) {
          case F64 -> with(bytes.putDouble(1.5).putDouble(-0.1), 1.5f, -0.1f);
          case F32 -> with(bytes.putFloat(1.5f).putFloat(-0.1f), 1.5f, -0.1f);
          case F16 ->
              with(
                  bytes.putShort((short) 0x3e00).putShort((short) 0xfc00),
                  1.5f,
                  Float.NEGATIVE_INFINITY);
          case BF16 -> with(bytes.putShort((short) 0x3fc0).putShort((short) 0xc000), 1.5f, -2f);
          case I64 -> with(bytes.putLong(-3).putLong(1L << 40), -3f, 0x1p40f);
          case I32 -> with(bytes.putInt(-3).putInt(1 << 30), -3f, 0x1p30f);
          case I16 -> with(bytes.putShort((short) -3).putShort((short) 32767), -3f, 32767f);
          case I8 -> with(bytes.put((byte) -3).put((byte) 127), -3f, 127f);
          case U32 -> with(bytes.putInt(-1).putInt(3), 0x1p32f, 3f);
          case U16 -> with(bytes.putShort((short) -1).putShort((short) 3), 65535f, 3f);
          case U8 -> with(bytes.put((byte) -1).put((byte) 3), 255f, 3f);
          case BOOL -> with(bytes.put((byte) 0).put((byte) 1), 0f, 1f);
          case Q4_0,
              Q4_1,
              Q5_0,
              Q5_1,
              Q8_0,
              Q2_K,
              Q3_K,
              Q4_K,
              Q5_K,
              Q6_K,
              Q8_K,
              IQ4_NL,
              IQ4_XS,
              U4_GROUP,
              U8_GROUP ->
              throw new AssertionError(type);
        };
    // The first byte is skipped, so the data lies at an odd address.
    var data = MemorySegment.ofArray(bytes.array()).asSlice(1);
    assertThat(WeightTensor.of("w", type, List.of(2L), data).toFloats()).isEqualTo(expected);
  }

  private static float[] with(ByteBuffer written, float... expected) {
    assertThat(written.hasRemaining()).isFalse();
    return expected;
  }

  @Test
  void transposesWithoutCopying() {
    var matrix = WeightTensor.of("w", new float[] {0, 1, 2, 3, 4, 5}, 2, 3);
    var transposed = matrix.transposed();
    assertThat(transposed.shape()).containsExactly(3L, 2L);
    assertThat(transposed.strides()).containsExactly(1L, 3L);
    assertThat(transposed.isRowMajor()).isFalse();
    assertThat(transposed.toFloats()).containsExactly(0, 3, 1, 4, 2, 5);
    assertThat(transposed.data().address()).isEqualTo(matrix.data().address());
    assertThat(transposed.transposed()).isEqualTo(matrix);
  }

  @Test
  void transposesTheLastTwoOfThreeDimensions() {
    var tensor = WeightTensor.of("w", new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 2, 2, 3);
    assertThat(tensor.transposed().toFloats())
        .containsExactly(0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11);
  }

  @Test
  void readsScalarsAndEmptyTensors() {
    assertThat(WeightTensor.of("s", new float[] {2}).toFloats()).containsExactly(2);
    assertThat(WeightTensor.of("e", new float[0], 3, 0, 2).toFloats()).isEmpty();
    assertThat(WeightTensor.of("e", new float[0], 3, 0, 2).transposed().toFloats()).isEmpty();
  }

  @Test
  void holdsACopyOfAnArray() {
    var values = new float[] {1, 2};
    var tensor = WeightTensor.of("w", values, 2);
    values[0] = 5;
    assertThat(tensor.toFloats()).containsExactly(1, 2);
    assertThat(tensor.data().isReadOnly()).isTrue();
  }

  @Test
  void refusesViewsThatReachOutside() {
    var data = MemorySegment.ofArray(new byte[16]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WeightTensor.of("w", WeightType.F32, List.of(5L), data))
        .withMessageContaining("needs 20 bytes, but the segment has 16");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new WeightTensor("w", WeightType.F32, List.of(2L, 2L), List.of(3L, 1L), data))
        .withMessageContaining("needs 20 bytes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WeightTensor("w", WeightType.F32, List.of(2L), List.of(), data));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WeightTensor.of("w", WeightType.F32, List.of(-1L), data));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WeightTensor.of("w", WeightType.F32, List.of(1L << 62, 8L), data))
        .withMessageContaining("overflows");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new WeightTensor(
                    "w", WeightType.F32, List.of(3L, 3L), List.of(1L << 61, 1L << 61), data))
        .withMessageContaining("overflows");
  }

  @Test
  void refusesAnotherNumberOfValues() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WeightTensor.of("w", new float[3], 2, 2))
        .withMessageContaining("[2, 2] has 4 elements, but 3 values came");
  }

  @Test
  void refusesToTransposeAVector() {
    assertThatIllegalStateException()
        .isThrownBy(() -> WeightTensor.of("w", new float[2], 2).transposed());
  }

  @Test
  void namesItselfWhenTheMemoryIsGone() {
    WeightTensor tensor;
    try (var arena = Arena.ofShared()) {
      tensor = WeightTensor.of("w", WeightType.F32, List.of(2L), arena.allocate(8));
    }
    assertThatThrownBy(tensor::toFloats)
        .isInstanceOf(ClosedWeightsException.class)
        .hasMessageContaining("w");
    assertThatThrownBy(tensor::data).isInstanceOf(ClosedWeightsException.class);
    assertThat(tensor.toString()).isEqualTo("w F32[2]");
  }
}
