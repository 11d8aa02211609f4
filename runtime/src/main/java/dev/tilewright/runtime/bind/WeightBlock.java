package dev.tilewright.runtime.bind;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.DamagedModelException;
import dev.tilewright.runtime.RequiredWeight;
import dev.tilewright.runtime.WeightMatcher;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.WeightType;
import dev.tilewright.runtime.Weights;
import dev.tilewright.runtime.eager.WeightElements;
import dev.tilewright.schema.ModelSchema.Layout;
import dev.tilewright.schema.ModelSchema.Part;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/**
 * A model's weights in native memory as its kernels want them, independent of the source that they
 * came from.
 *
 * @param table the address of each weight, in the order of the schema
 * @param memory what they take
 */
public record WeightBlock(MemorySegment table, MemorySegment memory) {
  private static final long LINE = 64;

  /**
   * Reads and packs all weights.
   *
   * @param arena owns the memory
   * @param strict whether weights that no recipe wants are refused
   * @throws dev.tilewright.runtime.WeightMismatchException if some are missing or do not fit
   */
  static WeightBlock prepare(
      List<WeightRecipe> recipes, Weights source, boolean strict, Arena arena) {
    List<RequiredWeight> required = required(recipes);
    SequencedMap<String, WeightTensor> tensors =
        (strict
                ? WeightMatcher.matchExactly(source, required)
                : WeightMatcher.match(source, required))
            .tensors();
    boolean anyThread = anyThreadReads(tensors.values());
    List<List<WeightTensor>> parts = PreparedWeights.of(recipes, tensors, anyThread);
    long[] offsets = new long[recipes.size() + 1];
    for (int i = 0; i < recipes.size(); i++) {
      offsets[i + 1] = Math.addExact(offsets[i], roundUp(bytes(recipes.get(i), parts.get(i))));
    }
    MemorySegment block = Libc.allocate(Math.max(LINE, offsets[recipes.size()]), arena);
    IntStream all = IntStream.range(0, recipes.size());
    (anyThread ? all.parallel() : all)
        .forEach(
            i ->
                write(
                    recipes.get(i),
                    parts.get(i),
                    block.asSlice(offsets[i], offsets[i + 1] - offsets[i])));
    MemorySegment table = arena.allocate(JAVA_LONG, recipes.size() + 1L);
    for (int i = 0; i < recipes.size(); i++) {
      table.setAtIndex(JAVA_LONG, i, block.address() + offsets[i]);
    }
    return new WeightBlock(table, block);
  }

  /** Weights that a user gave may belong to the thread that loads. */
  private static boolean anyThreadReads(Collection<WeightTensor> tensors) {
    Thread another = Thread.ofPlatform().unstarted(() -> {});
    return tensors.stream().allMatch(tensor -> tensor.data().isAccessibleBy(another));
  }

  private static List<RequiredWeight> required(List<WeightRecipe> recipes) {
    Map<String, RequiredWeight> byName = new LinkedHashMap<>();
    for (WeightRecipe recipe : recipes) {
      for (Part part : recipe.parts()) {
        WeightType type = WeightType.of(part.type().dtype());
        List<Long> shape = part.type().shape().stream().map(Dim::value).toList();
        RequiredWeight weight = new RequiredWeight(part.name(), type, shape, part.where());
        RequiredWeight before = byName.putIfAbsent(part.name(), weight);
        if (before != null && !(before.shape().equals(shape) && before.type() == type)) {
          throw new DamagedModelException(
              "the weight " + part.name() + " is declared as " + before + " and as " + weight);
        }
      }
    }
    return List.copyOf(byName.values());
  }

  private static long bytes(WeightRecipe recipe, List<WeightTensor> parts) {
    return switch (recipe.layout()) {
      case Layout.Plain _ ->
          types(recipe).stream()
              .mapToLong(type -> type.elements().value() * type.dtype().bytes())
              .reduce(0, Math::addExact);
      case Layout.Panels panels -> PanelPacking.bytes(panels, parts);
    };
  }

  private static void write(WeightRecipe recipe, List<WeightTensor> parts, MemorySegment out) {
    switch (recipe.layout()) {
      case Layout.Plain _ -> {
        long at = 0;
        for (int i = 0; i < parts.size(); i++) {
          TensorType type = types(recipe).get(i);
          long bytes = type.elements().value() * type.dtype().bytes();
          writePlain(type, parts.get(i), out.asSlice(at, bytes));
          at += bytes;
        }
      }
      case Layout.Panels panels -> PanelPacking.pack(panels, parts, out);
    }
  }

  /** The types of what is laid out: of the expression's value, or of each part. */
  private static List<TensorType> types(WeightRecipe recipe) {
    return recipe.steps().isEmpty()
        ? recipe.parts().stream().map(Part::type).toList()
        : List.of(recipe.steps().getLast().type());
  }

  private static void writePlain(TensorType type, WeightTensor weight, MemorySegment out) {
    if (type.dtype() == DType.FLOAT32) {
      weight.copyTo(out);
    } else {
      out.copyFrom(PreparedWeights.memory(WeightElements.read(weight, type)));
    }
  }

  private static long roundUp(long bytes) {
    return Math.addExact(bytes, LINE - 1) & -LINE;
  }
}
