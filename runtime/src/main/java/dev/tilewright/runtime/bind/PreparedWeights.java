package dev.tilewright.runtime.bind;

import dev.tilewright.Dim;
import dev.tilewright.Tensor;
import dev.tilewright.op.Primitive;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.WeightType;
import dev.tilewright.runtime.eager.EagerEvaluator;
import dev.tilewright.runtime.eager.WeightElements;
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
   * What is laid out for each recipe: the expression's value, or the parts themselves.
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
                WeightTensor value = expressions.evaluate(recipes.get(i));
                synchronized (prepared) {
                  prepared.set(i, List.of(value));
                }
              }
            });
    return prepared;
  }

  private WeightTensor evaluate(WeightRecipe recipe) {
    List<Integer> numbers = new ArrayList<>();
    IntStream.range(0, recipe.parts().size()).forEach(numbers::add);
    for (WeightStep step : recipe.steps()) {
      List<Integer> operands = step.operands().stream().map(numbers::get).toList();
      Integer before = known.get(new Key(step.primitive(), operands));
      if (before == null) {
        List<Tensor> tensors = operands.stream().map(i -> (Tensor) values.get(i)).toList();
        before = values.size();
        values.add(HostTensor.of(EagerEvaluator.INSTANCE.apply(step.primitive(), tensors)));
        known.put(new Key(step.primitive(), operands), before);
      }
      numbers.add(before);
    }
    HostTensor value = values.get(numbers.getLast());
    return WeightTensor.of(
        recipe.parts().getFirst().name() + " (prepared)",
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
