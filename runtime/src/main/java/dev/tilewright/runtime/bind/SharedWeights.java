package dev.tilewright.runtime.bind;

import dev.tilewright.op.TensorType;
import dev.tilewright.schema.ModelSchema.Layout;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import dev.tilewright.schema.ModelSchema.WeightStep;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which recipes make the same bytes. Every entry of a model has words of its own in the weight
 * table, and most of them say the same: those are made once, and all words hold the one address.
 */
final class SharedWeights {
  /** All that decides on a weight's bytes: not the place of the declaration. */
  private record Key(Layout layout, List<Source> sources, List<WeightStep> steps) {
    static Key of(WeightRecipe recipe) {
      List<Source> sources =
          recipe.parts().stream().map(part -> new Source(part.name(), part.type())).toList();
      return new Key(recipe.layout(), sources, recipe.steps());
    }
  }

  /** A tensor of the file. */
  private record Source(String name, TensorType type) {}

  private final int[] owner;
  private final List<Integer> owners;

  private SharedWeights(int[] owner, List<Integer> owners) {
    this.owner = owner;
    this.owners = List.copyOf(owners);
  }

  static SharedWeights of(List<WeightRecipe> recipes) {
    int[] owner = new int[recipes.size()];
    List<Integer> owners = new ArrayList<>();
    Map<Key, Integer> known = new HashMap<>();
    // Most are one object, where a description has the same words; to compare words takes longer.
    Map<WeightRecipe, Integer> same = new IdentityHashMap<>();
    for (int i = 0; i < owner.length; i++) {
      Integer before = same.get(recipes.get(i));
      if (before == null) {
        before = known.putIfAbsent(Key.of(recipes.get(i)), i);
        same.put(recipes.get(i), before == null ? i : before);
      }
      owner[i] = before == null ? i : before;
      if (before == null) {
        owners.add(i);
      }
    }
    return new SharedWeights(owner, owners);
  }

  /** The recipe whose bytes a recipe uses: itself, or one that is the same. */
  int owner(int recipe) {
    return owner[recipe];
  }

  /** The recipes that are made, in order. */
  List<Integer> owners() {
    return owners;
  }
}
