package dev.tilewright.runtime.bind;

import dev.tilewright.Dim;
import dev.tilewright.Tensor;
import dev.tilewright.op.Primitive;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.WeightType;
import dev.tilewright.runtime.eager.EagerEvaluator;
import dev.tilewright.runtime.eager.WeightElements;
import dev.tilewright.schema.ModelSchema.Layout;
import dev.tilewright.schema.ModelSchema.Part;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import dev.tilewright.schema.ModelSchema.WeightStep;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The expressions of the weight table, evaluated once by the eager evaluator. Recipes over the same
 * tensors, such as a quantised weight, its scales and its column sums, share what they have in
 * common.
 */
final class PreparedWeights {
  /** A primitive of values known by number. */
  private record Key(Primitive primitive, List<Integer> operands) {}

  private final List<HostTensor> values = new ArrayList<>();
  private final Map<Key, Integer> known = new HashMap<>();

  private PreparedWeights(List<Part> parts, Map<String, WeightTensor> tensors) {
    for (Part part : parts) {
      values.add(WeightElements.read(tensors.get(part.name()), part.type()));
    }
  }

  /**
   * What is laid out for each recipe: the expression's value, or the parts themselves. Behind
   * offsets come their scales.
   *
   * @param parallel whether several threads may read the tensors
   */
  static List<List<WeightTensor>> of(
      List<WeightRecipe> recipes, Map<String, WeightTensor> tensors, boolean parallel) {
    List<List<WeightTensor>> prepared = new ArrayList<>();
    Map<List<Part>, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < recipes.size(); i++) {
      List<Part> parts = recipes.get(i).parts();
      prepared.add(parts.stream().map(part -> tensors.get(part.name())).toList());
      if (!recipes.get(i).steps().isEmpty()) {
        groups.computeIfAbsent(parts, _ -> new ArrayList<>()).add(i);
      }
    }
    Stream<Map.Entry<List<Part>, List<Integer>>> all = List.copyOf(groups.entrySet()).stream();
    (parallel ? all.parallel() : all)
        .forEach(
            group -> {
              PreparedWeights expressions = new PreparedWeights(group.getKey(), tensors);
              for (int i : group.getValue()) {
                List<WeightTensor> laidOut = expressions.evaluate(recipes.get(i));
                synchronized (prepared) {
                  prepared.set(i, laidOut);
                }
              }
            });
    return prepared;
  }

  private List<WeightTensor> evaluate(WeightRecipe recipe) {
    List<Integer> numbers = new ArrayList<>();
    IntStream.range(0, recipe.parts().size()).forEach(numbers::add);
    for (WeightStep step : recipe.steps()) {
      List<Integer> operands = step.operands().stream().map(numbers::get).toList();
      numbers.add(number(step.primitive(), operands));
    }
    String name = recipe.parts().getFirst().name() + " (prepared)";
    WeightTensor value = tensor(name, numbers.getLast());
    if (recipe.layout() instanceof Layout.ScalePanels scales && scales.offsets()) {
      List<Integer> operands =
          recipe.steps().getLast().operands().stream().map(numbers::get).toList();
      int scale = number(new Primitive.Blocks(Primitive.BlockPart.SCALE), operands);
      return List.of(value, tensor(name, scale));
    }
    return List.of(value);
  }

  /** The number of a primitive's value, which is computed if it is not known yet. */
  private int number(Primitive primitive, List<Integer> operands) {
    return known.computeIfAbsent(
        new Key(primitive, operands),
        _ -> {
          List<Tensor> tensors = operands.stream().map(i -> (Tensor) values.get(i)).toList();
          values.add(HostTensor.of(EagerEvaluator.INSTANCE.apply(primitive, tensors)));
          return values.size() - 1;
        });
  }

  private WeightTensor tensor(String name, int number) {
    HostTensor value = values.get(number);
    return WeightTensor.of(
        name,
        WeightType.of(value.dtype()),
        value.shape().stream().map(Dim::value).toList(),
        memory(value));
  }

  /** The elements as they lie in memory. */
  static MemorySegment memory(HostTensor tensor) {
    return switch (tensor.dtype()) {
      case FLOAT32 -> MemorySegment.ofArray((float[]) tensor.elements());
      case BFLOAT16 -> MemorySegment.ofArray((short[]) tensor.elements());
      case INT32 -> MemorySegment.ofArray((int[]) tensor.elements());
      case INT8, UINT8, BOOL -> MemorySegment.ofArray((byte[]) tensor.elements());
    };
  }
}
