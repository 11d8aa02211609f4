package dev.tilewright.examples.language;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.Weights;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;

/** Weights by a formula that {@code goldens.py} repeats: a hash of name and index. */
final class GeneratedWeights {
  private GeneratedWeights() {}

  static Weights of(Map<String, long[]> shapes) {
    Map<String, WeightTensor> tensors = new HashMap<>();
    shapes.forEach(
        (name, shape) -> tensors.put(name, WeightTensor.of(name, values(name, shape), shape)));
    return Weights.of(tensors);
  }

  private static float[] values(String name, long[] shape) {
    CRC32 crc = new CRC32();
    crc.update(name.getBytes(UTF_8));
    int seed = (int) crc.getValue();
    int count = 1;
    for (long extent : shape) {
      count *= (int) extent;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      double unit = (mixed(i * 0x9E3779B1 + seed) >>> 8) / 0x1p23 - 1;
      values[i] = (float) value(name, unit, shape);
    }
    return values;
  }

  private static double value(String name, double unit, long[] shape) {
    if (name.endsWith("norm.weight")) {
      return 1 + unit / 4;
    }
    if (name.endsWith(".bias")) {
      return unit / 4;
    }
    return name.endsWith("embd.weight") || name.endsWith("rel_b.weight")
        ? unit
        : unit * Math.sqrt(3.0 / shape[shape.length - 1]);
  }

  private static int mixed(int seed) {
    int h = seed;
    h ^= h >>> 16;
    h *= 0x85EBCA6B;
    h ^= h >>> 13;
    h *= 0xC2B2AE35;
    return h ^ h >>> 16;
  }
}
