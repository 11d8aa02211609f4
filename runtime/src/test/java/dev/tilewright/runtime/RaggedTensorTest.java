package dev.tilewright.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.DType;
import dev.tilewright.op.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;

class RaggedTensorTest {
  @Test
  void holdsItsSequences() {
    RaggedTensor batch = Tensors.ragged(new int[][] {{1, 2, 3}, {4}, {5, 6}});
    assertThat(batch.type()).isEqualTo(TensorType.of(DType.INT32, 3, 3));
    assertThat(batch.lengths()).containsExactly(3, 1, 2);
    assertThat(batch.count()).isEqualTo(3);
    assertThat(batch.total()).isEqualTo(6);
    assertThat(batch.toInts()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(batch.sequence(2).toInts()).containsExactly(5, 6);
    assertThat(batch.sequences()).hasSize(3);
    assertThat(batch.toString()).contains("[3, 1, 2]");
    assertThat(batch.hasLengthsOf(Tensors.ragged(new float[3], new float[1], new float[2])))
        .isTrue();
    assertThat(batch.hasLengthsOf(Tensors.ragged(new float[3], new float[2], new float[1])))
        .isFalse();
  }

  @Test
  void sequencesMayHaveFurtherAxes() {
    RaggedTensor batch =
        RaggedTensor.of(
            List.of(
                Tensors.of(new float[][] {{1, 2}, {3, 4}}), Tensors.of(new float[][] {{5, 6}})));
    assertThat(batch.type()).isEqualTo(TensorType.of(DType.FLOAT32, 2, 2, 2));
    assertThat(batch.sequence(1).type()).isEqualTo(TensorType.of(DType.FLOAT32, 1, 2));
    assertThat(batch.sequence(1).toFloats()).containsExactly(5, 6);
    assertThat(batch.packed().type()).isEqualTo(TensorType.of(DType.FLOAT32, 3, 2));
  }

  @Test
  void refusesWhatIsNoBatch() {
    assertThatThrownBy(() -> RaggedTensor.of(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least one sequence");
    assertThatThrownBy(() -> Tensors.ragged(new int[] {1}, new int[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sequence 1 is empty");
    assertThatThrownBy(
            () -> RaggedTensor.of(List.of(Tensors.of(1f, 2f), Tensors.of(new float[][] {{1}}))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("differ in their length alone");
    assertThatThrownBy(() -> RaggedTensor.wrap(Tensors.of(1, 2, 3), 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("add up to 2");
    assertThatThrownBy(
            () -> RaggedTensor.wrap(Tensors.of(1, 2), Integer.MAX_VALUE, Integer.MAX_VALUE))
        .isInstanceOf(TooLargeException.class);
  }

  @Test
  void takesPartInNoOperation() {
    assertThatThrownBy(() -> Tensors.ragged(new float[] {1}, new float[] {2, 3}).plus(1f))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("take sequence(i)");
  }
}
