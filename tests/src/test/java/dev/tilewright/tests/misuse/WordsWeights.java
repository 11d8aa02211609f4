package dev.tilewright.tests.misuse;

import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.Weights;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** Weights for {@link Words}. */
final class WordsWeights {
  private WordsWeights() {}

  static Weights all() {
    return Weights.of(tensors());
  }

  static Map<String, WeightTensor> tensors() {
    Random random = new Random(3);
    Map<String, WeightTensor> tensors = new HashMap<>();
    put(tensors, random, "words.weight", Words.ROWS, Words.WIDTH);
    put(tensors, random, "places", Words.LONGEST, Words.WIDTH);
    put(tensors, random, "classify.weight", 7, Words.WIDTH);
    put(tensors, random, "classify.bias", 7);
    return tensors;
  }

  private static void put(
      Map<String, WeightTensor> tensors, Random random, String name, long... shape) {
    int count = 1;
    for (long extent : shape) {
      count *= (int) extent;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    tensors.put(name, WeightTensor.of(name, values, shape));
  }
}
