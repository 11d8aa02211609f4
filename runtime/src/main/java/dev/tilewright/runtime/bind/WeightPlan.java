package dev.tilewright.runtime.bind;

import dev.tilewright.Dim;
import dev.tilewright.op.TensorType;
import dev.tilewright.schema.ModelSchema.Layout;
import dev.tilewright.schema.ModelSchema.Part;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Where a model's weights lie in one block of memory, as the recipes alone tell.
 *
 * @param offsets where each weight begins, in the order of the schema
 * @param bytes the bytes that all weights take
 */
public record WeightPlan(long[] offsets, long bytes) {
  /** Every weight begins at a multiple. */
  static final long LINE = 64;

  /**
   * Checks that all lies inside.
   *
   * @throws IndexOutOfBoundsException if it does not
   */
  public WeightPlan {
    for (long offset : offsets) {
      Objects.checkFromToIndex(0, offset, bytes);
    }
  }

  /** One behind the other, but what a weight shares lies where its owner does. */
  static WeightPlan of(List<WeightRecipe> recipes, SharedWeights shared) {
    long[] offsets = new long[recipes.size()];
    long at = 0;
    for (int i : shared.owners()) {
      offsets[i] = at;
      at = Math.addExact(at, Math.addExact(bytes(recipes.get(i)), LINE - 1) & -LINE);
    }
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = offsets[shared.owner(i)];
    }
    return new WeightPlan(offsets, at);
  }

  /** The bytes of a weight as it is laid out. */
  static long bytes(WeightRecipe recipe) {
    return switch (recipe.layout()) {
      case Layout.Plain _ -> {
        long sum = 0;
        for (TensorType type : types(recipe)) {
          sum = Math.addExact(sum, bytes(type));
        }
        yield sum;
      }
      case Layout.Panels panels -> PanelPacking.bytes(panels, types(recipe));
      case Layout.QuantPanels quants -> QuantPacking.bytes(quants, types(recipe));
      case Layout.ScalePanels scales -> ScalePacking.bytes(scales, types(recipe));
      case Layout.Session _ -> 0;
    };
  }

  /** The types of what is laid out: of the expression's value, or of each part. */
  static List<TensorType> types(WeightRecipe recipe) {
    if (!recipe.steps().isEmpty()) {
      return List.of(recipe.steps().getLast().type());
    }
    List<TensorType> types = new ArrayList<>();
    for (Part part : recipe.parts()) {
      types.add(part.type());
    }
    return types;
  }

  /** The bytes of a tensor. */
  static long bytes(TensorType type) {
    long bytes = type.dtype().bytes();
    for (Dim dim : type.shape()) {
      bytes = Math.multiplyExact(bytes, dim.value());
    }
    return bytes;
  }
}
