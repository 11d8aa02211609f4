package dev.tilewright.runtime.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.DType;
import dev.tilewright.Tensor;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.RaggedTensor;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.call.Signature;
import dev.tilewright.schema.ModelSchema.Parameter;
import dev.tilewright.schema.RaggedAxes;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class SequencesTest {
  private static Sequences of(int[] lengths) {
    Signature signature =
        new Signature(
            "Tiny.run",
            List.of("B", "S", "S_total"),
            List.of(new Parameter("x", TensorType.parse("i32[B, S]"))),
            Optional.of(new RaggedAxes("B", "S")));
    int total = Arrays.stream(lengths).sum();
    Tensor x = RaggedTensor.wrap(Tensors.zeros(DType.INT32, total), lengths);
    long[] symbols = {lengths.length, Arrays.stream(lengths).max().orElseThrow(), total};
    return Sequences.of(signature, symbols, false, new Tensor[] {x});
  }

  /** Every sequence is in one run; none is longer by more than a sequence than an even share. */
  @Property(tries = 500)
  void cutsEvenly(
      @ForAll @Size(min = 1, max = 60) List<@IntRange(min = 1, max = 90) Integer> lengths,
      @ForAll @IntRange(min = 1, max = 300) int elements) {
    int[] each = lengths.stream().mapToInt(Integer::intValue).toArray();
    Sequences sequences = of(each);
    int total = Arrays.stream(each).sum();
    int longest = Arrays.stream(each).max().orElseThrow();
    int[] starts = sequences.cut(elements);
    assertThat(starts[0]).isZero();
    assertThat(starts[starts.length - 1]).isEqualTo(each.length);
    int runs = Math.max(1, total / elements);
    assertThat(starts.length - 1).isBetween(1, runs);
    for (int i = 0; i + 1 < starts.length; i++) {
      assertThat(starts[i]).isLessThan(starts[i + 1]);
      int[] own = Arrays.copyOfRange(each, starts[i], starts[i + 1]);
      assertThat(sequences.elements(starts[i], starts[i + 1]))
          .isEqualTo(Arrays.stream(own).sum())
          .isLessThan(Math.ceilDiv(total, runs) + longest + 1);
      assertThat(sequences.table(starts[i], starts[i + 1])).isEqualTo(RaggedAxes.table(own));
    }
  }
}
