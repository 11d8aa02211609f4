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
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

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

  /**
   * Nothing evaluated yet.
   *
   * @param parts what all recipes are over
   */
  PreparedWeights(List<Part> parts, Map<String, WeightTensor> tensors) {
    for (Part part : parts) {
      values.add(WeightElements.read(tensors.get(part.name()), part.type()));
    }
  }

  /** What is laid out for a recipe: the value of its expression, or without steps the parts. */
  static List<WeightTensor> of(WeightRecipe recipe, Map<String, WeightTensor> tensors) {
    return recipe.steps().isEmpty()
        ? recipe.parts().stream().map(part -> tensors.get(part.name())).toList()
        : new PreparedWeights(recipe.parts(), tensors).evaluate(recipe);
  }

  /**
   * What is laid out for a recipe with steps: the value of its expression. Behind offsets come
   * their scales.
   */
  List<WeightTensor> evaluate(WeightRecipe recipe) {
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
    Key key = new Key(primitive, operands);
    if (!known.containsKey(key)) {
      compute(key);
    }
    return known.get(key);
  }

  /** Where one part of blocks is wanted, the others soon are. */
  private void compute(Key key) {
    List<Tensor> tensors = key.operands().stream().map(i -> (Tensor) values.get(i)).toList();
    if (key.primitive() instanceof Primitive.Blocks) {
      EagerEvaluator.INSTANCE
          .blocks(tensors.getFirst())
          .forEach(
              (part, value) -> add(new Key(new Primitive.Blocks(part), key.operands()), value));
    } else {
      add(key, EagerEvaluator.INSTANCE.apply(key.primitive(), tensors));
    }
  }

  private void add(Key key, Tensor value) {
    known.put(key, values.size());
    values.add(HostTensor.of(value));
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
