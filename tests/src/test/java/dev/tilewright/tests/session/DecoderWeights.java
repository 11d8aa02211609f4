package dev.tilewright.tests.session;

import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.Weights;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** Weights for {@link Decoder}, and tokens. */
final class DecoderWeights {
  private DecoderWeights() {}

  static Weights all() {
    Random random = new Random(5);
    Map<String, WeightTensor> tensors = new HashMap<>();
    int width = Decoder.WIDTH;
    int groups = width / Decoder.HEADS * Decoder.GROUPS;
    put(tensors, random, 1, "words.weight", Decoder.VOCABULARY, width);
    put(tensors, random, 0.2, "head.weight", Decoder.VOCABULARY, width);
    for (int i = 0; i < 4; i++) {
      String layer = "layers." + i + ".";
      put(tensors, random, 1, layer + "norm.weight", width);
      put(tensors, random, 0.2, layer + "query.weight", width, width);
      put(tensors, random, 0.2, layer + "key.weight", groups, width);
      put(tensors, random, 0.2, layer + "value.weight", groups, width);
      put(tensors, random, 0.2, layer + "value.bias", groups);
      put(tensors, random, 0.2, layer + "project.weight", width, width);
    }
    return Weights.of(tensors);
  }

  private static void put(
      Map<String, WeightTensor> tensors, Random random, double scale, String name, long... shape) {
    int count = 1;
    for (long extent : shape) {
      count *= (int) extent;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    tensors.put(name, WeightTensor.of(name, values, shape));
  }

  static int[] tokens(int count, long seed) {
    return new Random(seed).ints(count, 0, Decoder.VOCABULARY).toArray();
  }
}
