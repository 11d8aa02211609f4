package dev.tilewright.codegen.fuse;

import static dev.tilewright.Operators.einsum;
import static dev.tilewright.Operators.relu;
import static dev.tilewright.codegen.fuse.Fused.floats;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.Tensor;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.lower.Lowering;
import dev.tilewright.schema.ModelSchema.Layout;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Widths of one model, whose weights are the first columns and rows of the same tensors. */
class NestedWeightsTest {
  private static final int DIM = 40;
  private static final int WHOLE = 192;

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 50})
  void widthsComputeWhatTheirGraphSays(long rows) {
    LoweredModelTest.agrees(widths(WHOLE, 96, 65, 1), Map.of("S", rows), 1, "tw_run");
  }

  /** The panels that one width reads are those of all. */
  @Test
  void widthsReadThePanelsOfTheWhole() {
    Fused fused = widths(WHOLE, 96, 48);
    List<WeightRecipe> weights =
        Lowering.lower(fused.functions, fused.program, LoweredModelTest.MACHINE, Trace.NONE)
            .weights();
    Set<String> names = new HashSet<>();
    for (WeightRecipe weight : weights) {
      assertThat(weight.layout()).isInstanceOf(Layout.Panels.class);
      assertThat(weight.steps()).isEmpty();
      names.add(weight.parts().getFirst().name() + " " + weight.layout());
    }
    assertThat(names).as("%s", weights).hasSize(2);
  }

  private static Fused widths(int... widths) {
    return Fused.of(
        builder -> {
          Tensor x = builder.input("x", floats("S", DIM));
          Tensor up = builder.weight("up", floats(WHOLE, DIM));
          Tensor down = builder.weight("down", floats(DIM, WHOLE));
          List<Tensor> results = new ArrayList<>();
          for (int width : widths) {
            Tensor hidden = relu(einsum("sk,nk->sn", x, up.slice(0, 0, width)));
            results.add(einsum("sn,kn->sk", hidden, down.slice(1, 0, width)));
          }
          return results;
        });
  }
}
