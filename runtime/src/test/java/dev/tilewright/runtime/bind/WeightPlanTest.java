package dev.tilewright.runtime.bind;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.op.Primitive;
import dev.tilewright.op.Primitive.UnaryKind;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.Weights;
import dev.tilewright.schema.ModelSchema.Layout;
import dev.tilewright.schema.ModelSchema.Part;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import dev.tilewright.schema.ModelSchema.WeightStep;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WeightPlanTest {
  private static final Layout PANELS = new Layout.Panels(4, false);

  @Test
  void makesEqualRecipesOnce() {
    List<WeightRecipe> recipes =
        List.of(
            recipe(PANELS, "a", "first entry"),
            recipe(PANELS, "b", "first entry"),
            recipe(PANELS, "a", "second entry"),
            recipe(PANELS, "b", "second entry"));
    assertThat(plan(recipes)).isEqualTo(new long[] {0, 128, 0, 128});
    assertThat(WeightPlan.of(recipes, SharedWeights.of(recipes)).bytes()).isEqualTo(256);
  }

  @Test
  void tellsApartWhatMakesOtherBytes() {
    List<WeightRecipe> recipes =
        List.of(
            recipe(PANELS, "a", ""),
            recipe(new Layout.Panels(8, false), "a", ""),
            recipe(new Layout.Panels(4, true), "a", ""),
            recipe(new Layout.Plain(), "a", ""),
            stepped(UnaryKind.NEG),
            stepped(UnaryKind.EXP),
            stepped(UnaryKind.NEG),
            new WeightRecipe(PANELS, List.of(part("a", ""), part("b", ""))));
    SharedWeights shared = SharedWeights.of(recipes);
    assertThat(shared.owners()).containsExactly(0, 1, 2, 3, 4, 5, 7);
    assertThat(shared.owner(6)).isEqualTo(4);
  }

  @Test
  void givesAllWordsOfEqualRecipesOneAddress() {
    List<WeightRecipe> recipes =
        List.of(
            recipe(new Layout.Plain(), "a", "x"),
            stepped(UnaryKind.NEG),
            recipe(new Layout.Plain(), "b", ""),
            recipe(new Layout.Plain(), "a", "y"),
            stepped(UnaryKind.NEG));
    float[] a = new float[32];
    float[] b = new float[32];
    for (int i = 0; i < 32; i++) {
      a[i] = i + 1;
      b[i] = -100 * i;
    }
    Map<String, WeightTensor> tensors =
        Map.of("a", WeightTensor.of("a", a, 8, 4), "b", WeightTensor.of("b", b, 8, 4));
    try (Arena arena = Arena.ofShared()) {
      WeightBlock block = WeightBlock.prepare(recipes, Weights.of(tensors), true, arena, () -> {});
      MemorySegment table = block.table();
      assertThat(table.getAtIndex(JAVA_LONG, 3)).isEqualTo(table.getAtIndex(JAVA_LONG, 0));
      assertThat(table.getAtIndex(JAVA_LONG, 4)).isEqualTo(table.getAtIndex(JAVA_LONG, 1));
      assertThat(block.memory().byteSize()).isEqualTo(3 * 128);
      assertThat(block.memory().asSlice(0, 128).toArray(JAVA_FLOAT)).isEqualTo(a);
      assertThat(block.memory().asSlice(128, 8).toArray(JAVA_FLOAT)).containsExactly(-1, -5);
      assertThat(block.memory().asSlice(256, 128).toArray(JAVA_FLOAT)).isEqualTo(b);
    }
  }

  private static long[] plan(List<WeightRecipe> recipes) {
    return WeightPlan.of(recipes, SharedWeights.of(recipes)).offsets();
  }

  private static WeightRecipe stepped(UnaryKind kind) {
    return new WeightRecipe(
        PANELS,
        List.of(part("a", "")),
        List.of(
            new WeightStep(new Primitive.Unary(kind), List.of(0), TensorType.parse("f32[8, 4]"))));
  }

  private static WeightRecipe recipe(Layout layout, String name, String where) {
    return new WeightRecipe(layout, List.of(part(name, where)));
  }

  private static Part part(String name, String where) {
    return new Part(name, TensorType.parse("f32[8, 4]"), where);
  }
}
