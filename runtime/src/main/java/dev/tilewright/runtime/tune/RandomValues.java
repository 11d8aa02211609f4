package dev.tilewright.runtime.tune;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.tilewright.Dim;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.WeightType;
import dev.tilewright.runtime.Weights;
import dev.tilewright.schema.ModelSchema.Part;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Values to measure with, where only their types matter; the same in every process. */
final class RandomValues {
  /** Small enough that sums over a few thousand products stay near 1. */
  private static final float WEIGHT = 0.05f;

  private final SplittableRandom random = new SplittableRandom(1);

  /** Weights of all names; those of one element type share their memory. */
  Weights weights(List<WeightRecipe> recipes) {
    Map<WeightType, Long> longest = new EnumMap<>(WeightType.class);
    recipes.stream()
        .flatMap(recipe -> recipe.parts().stream())
        .forEach(part -> longest.merge(type(part), part.type().elements().value(), Math::max));
    Map<WeightType, MemorySegment> memory = new EnumMap<>(WeightType.class);
    longest.forEach((type, count) -> memory.put(type, fill(type, count)));
    Map<String, WeightTensor> tensors = new HashMap<>();
    for (WeightRecipe recipe : recipes) {
      for (Part part : recipe.parts()) {
        List<Long> shape = part.type().shape().stream().map(Dim::value).toList();
        WeightTensor tensor =
            WeightTensor.of(part.name(), type(part), shape, memory.get(type(part)));
        tensors.put(part.name(), tensor);
      }
    }
    return Weights.of(tensors);
  }

  private static WeightType type(Part part) {
    return WeightType.of(part.type().dtype());
  }

  private MemorySegment fill(WeightType type, long count) {
    MemorySegment memory = Arena.ofAuto().allocate(Math.max(1, count) * type.bytes(), 64);
    for (long i = 0; i < count; i++) {
      float value = WEIGHT * (2 * random.nextFloat() - 1);
      switch (type.bytes()) {
        case 4 -> {
          if (type.isFloating()) {
            memory.setAtIndex(JAVA_FLOAT, i, value);
          } else {
            memory.setAtIndex(JAVA_INT, i, random.nextInt(2));
          }
        }
        case 2 -> memory.setAtIndex(JAVA_SHORT, i, (short) (Float.floatToRawIntBits(value) >> 16));
        default ->
            memory.setAtIndex(
                JAVA_BYTE, i, (byte) random.nextInt(type == WeightType.BOOL ? 2 : 99));
      }
    }
    return memory;
  }

  /**
   * An argument.
   *
   * @param index the value of all whole numbers, which may be indexes
   */
  HostTensor argument(TensorType type, int index) {
    Object elements = HostTensor.array(type.dtype(), HostTensor.elementCount(type));
    switch (elements) {
      case float[] floats -> {
        for (int i = 0; i < floats.length; i++) {
          floats[i] = 2 * random.nextFloat() - 1;
        }
      }
      case short[] shorts -> Arrays.fill(shorts, (short) (Float.floatToRawIntBits(0.5f) >> 16));
      case int[] ints -> Arrays.fill(ints, index);
      case byte[] bytes -> Arrays.fill(bytes, (byte) index);
      default -> throw new AssertionError(elements);
    }
    return HostTensor.wrap(type, elements);
  }
}
