package dev.tilewright.tests.pim;

import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.Weights;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** Weights whose elements follow from their names. */
final class RandomWeights {
  private final Map<String, WeightTensor> tensors = new HashMap<>();

  RandomWeights norm(String name, long size, boolean bias) {
    put(name + ".weight", 1, 0.25, size);
    if (bias) {
      put(name + ".bias", 0, 0.25, size);
    }
    return this;
  }

  RandomWeights linear(String name, long out, long in, boolean bias) {
    put(name + ".weight", 0, Math.sqrt(3.0 / in), out, in);
    if (bias) {
      put(name + ".bias", 0, 0.25, out);
    }
    return this;
  }

  RandomWeights table(String name, double size, long rows, long width) {
    put(name, 0, size, rows, width);
    return this;
  }

  private void put(String name, double middle, double size, long... shape) {
    int count = 1;
    for (long extent : shape) {
      count *= (int) extent;
    }
    Random random = new Random(name.hashCode());
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (middle + size * (2 * random.nextDouble() - 1));
    }
    tensors.put(name, WeightTensor.of(name, values, shape));
  }

  Weights weights() {
    return Weights.of(tensors);
  }

  /** Those of {@link SmallGpt2}. */
  static Weights gpt2() {
    RandomWeights all =
        new RandomWeights()
            .table("token_embd.weight", 1, 64, SmallGpt2.DIM)
            .table("position_embd.weight", 1, SmallGpt2.CONTEXT, SmallGpt2.DIM)
            .norm("output_norm", SmallGpt2.DIM, true);
    for (int i = 0; i < SmallGpt2.LAYERS; i++) {
      String layer = "blk." + i + ".";
      all.norm(layer + "attn_norm", SmallGpt2.DIM, true)
          .linear(layer + "attn_qkv", 3L * SmallGpt2.DIM, SmallGpt2.DIM, true)
          .linear(layer + "attn_output", SmallGpt2.DIM, SmallGpt2.DIM, true)
          .norm(layer + "ffn_norm", SmallGpt2.DIM, true)
          .linear(layer + "ffn_up", 4L * SmallGpt2.DIM, SmallGpt2.DIM, true)
          .linear(layer + "ffn_down", SmallGpt2.DIM, 4L * SmallGpt2.DIM, true);
    }
    return all.weights();
  }

  /** Those of {@link SmallLlama}. */
  static Weights llama() {
    int width = SmallLlama.DIM;
    int keys = SmallLlama.KEY_HEADS * SmallLlama.HEAD;
    RandomWeights all =
        new RandomWeights()
            .table("token_embd.weight", 1, 64, width)
            .norm("output_norm", width, false);
    for (int i = 0; i < SmallLlama.LAYERS; i++) {
      String layer = "blk." + i + ".";
      all.norm(layer + "attn_norm", width, false)
          .linear(layer + "attn_q", width, width, false)
          .linear(layer + "attn_k", keys, width, false)
          .linear(layer + "attn_v", keys, width, false)
          .linear(layer + "attn_output", width, width, false)
          .norm(layer + "ffn_norm", width, false)
          .linear(layer + "ffn_gate", SmallLlama.FFN, width, false)
          .linear(layer + "ffn_up", SmallLlama.FFN, width, false)
          .linear(layer + "ffn_down", width, SmallLlama.FFN, false);
    }
    return all.weights();
  }
}
