package dev.tilewright.bench.model;

import dev.tilewright.examples.search.EncoderLayer;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.Weights;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Random weights, the same at every call, of a size that keeps activations near 1. */
public final class RandomWeights {
  private final Map<String, WeightTensor> tensors = new LinkedHashMap<>();
  private final Random random = new Random(3);

  private RandomWeights() {}

  /** Of {@link GatedEncoder}. */
  public static Weights gatedEncoder() {
    RandomWeights all = new RandomWeights();
    all.matrix("words.weight", GatedEncoder.WORDS, GatedLayer.DIM);
    for (int i = 0; i < GatedEncoder.LAYERS; i++) {
      String layer = "layer." + i + ".";
      all.fill(layer + "attention_norm.weight", 1, GatedLayer.DIM);
      for (String square : new String[] {"query", "key", "value", "output"}) {
        all.matrix(layer + square + ".weight", GatedLayer.DIM, GatedLayer.DIM);
      }
      all.fill(layer + "ffn_norm.weight", 1, GatedLayer.DIM);
      all.matrix(layer + "gate.weight", GatedLayer.FFN, GatedLayer.DIM);
      all.matrix(layer + "up.weight", GatedLayer.FFN, GatedLayer.DIM);
      all.matrix(layer + "down.weight", GatedLayer.DIM, GatedLayer.FFN);
    }
    all.fill("norm.weight", 1, GatedLayer.DIM);
    return Weights.of(all.tensors);
  }

  /** Of {@link LongEncoder}. */
  public static Weights longEncoder() {
    RandomWeights all = new RandomWeights();
    all.matrix("words.weight", LongEncoder.WORDS, EncoderLayer.DIM);
    all.matrix("positions", LongEncoder.POSITIONS, EncoderLayer.DIM);
    for (int i = 0; i < LongEncoder.LAYERS; i++) {
      String layer = "layer." + i + ".";
      for (String square : new String[] {"self.query", "self.key", "self.value", "output.dense"}) {
        all.linear(layer + "attention." + square, EncoderLayer.DIM, EncoderLayer.DIM);
      }
      all.norm(layer + "attention.output.LayerNorm", EncoderLayer.DIM);
      all.linear(layer + "intermediate.dense", EncoderLayer.FFN, EncoderLayer.DIM);
      all.linear(layer + "output.dense", EncoderLayer.DIM, EncoderLayer.FFN);
      all.norm(layer + "output.LayerNorm", EncoderLayer.DIM);
    }
    return Weights.of(all.tensors);
  }

  /** Of {@link Kernels}. */
  public static Weights kernels() {
    RandomWeights all = new RandomWeights();
    for (int i = 0; i < Kernels.STEPS; i++) {
      all.matrix(i + ".product.weight", KernelLayers.PRODUCT, KernelLayers.PRODUCT);
      all.norm(i + ".norm", KernelLayers.NORM);
    }
    return Weights.of(all.tensors);
  }

  /** So many values around 0, of variance 1. */
  public static float[] normal(int count) {
    Random random = new Random(5);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private void linear(String name, int out, int in) {
    matrix(name + ".weight", out, in);
    fill(name + ".bias", 0, out);
  }

  private void norm(String name, int width) {
    fill(name + ".weight", 1, width);
    fill(name + ".bias", 0, width);
  }

  /** Of variance {@code 1/in}. */
  private void matrix(String name, int out, int in) {
    float[] values = new float[out * in];
    float scale = (float) Math.sqrt(3.0 / in);
    for (int i = 0; i < values.length; i++) {
      values[i] = scale * (2 * random.nextFloat() - 1);
    }
    tensors.put(name, WeightTensor.of(name, values, out, in));
  }

  private void fill(String name, float value, int width) {
    float[] values = new float[width];
    Arrays.fill(values, value);
    tensors.put(name, WeightTensor.of(name, values, width));
  }
}
