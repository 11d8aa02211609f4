package dev.tilewright.target.pim;

import dev.tilewright.pim.map.Attention;
import dev.tilewright.pim.map.Elements;
import dev.tilewright.pim.map.Product;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The written arithmetic of the banks stated on arrays, without banks and streams. */
final class PlainUnit implements MatrixUnit {
  private static final int LANES = 16;

  private final Map<Product, float[][]> matrices = new HashMap<>();
  private final Map<Attention, List<float[]>> keys = new HashMap<>();
  private final Map<Attention, List<float[]>> values = new HashMap<>();

  static float bf16(float value) {
    int bits = Float.floatToIntBits(value);
    int low = bits & 0xffff;
    boolean up = low > 0x8000 || (low == 0x8000 && (bits >>> 16 & 1) == 1);
    return Float.intBitsToFloat(((bits >>> 16) + (up ? 1 : 0)) << 16);
  }

  /** Products of columns in pairs, columns ascending, rounded once a chunk. */
  private static float dot(float[] w, float[] x, int chunk) {
    float sum = 0;
    for (int from = 0; from < w.length; from += chunk) {
      float accumulator = 0;
      for (int k = from; k < Math.min(w.length, from + chunk); k += LANES) {
        float[] p = new float[LANES];
        for (int i = 0; i < LANES && k + i < w.length; i++) {
          p[i] = bf16(w[k + i]) * bf16(x[k + i]);
        }
        for (int live = LANES / 2; live > 0; live /= 2) {
          for (int i = 0; i < live; i++) {
            p[i] = p[2 * i] + p[2 * i + 1];
          }
        }
        accumulator += p[0];
      }
      sum += bf16(accumulator);
    }
    return sum;
  }

  @Override
  public void load(Product product, Elements elements) {
    float[][] matrix = new float[product.matrix().outputs()][product.matrix().depth()];
    for (int i = 0; i < matrix.length; i++) {
      for (int k = 0; k < matrix[i].length; k++) {
        matrix[i][k] = elements.at(i, k);
      }
    }
    matrices.put(product, matrix);
  }

  @Override
  public float[] multiply(Product product, float[] x) {
    float[][] matrix = matrices.get(product);
    float[] y = new float[matrix.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = dot(matrix[i], x, product.matrix().chunk());
    }
    return y;
  }

  @Override
  public void clear(Attention cache) {
    keys.put(cache, new ArrayList<>());
    values.put(cache, new ArrayList<>());
  }

  @Override
  public void copy(Attention from, Attention to, int rows) {
    keys.put(to, new ArrayList<>(keys.get(from).subList(0, rows)));
    values.put(to, new ArrayList<>(values.get(from).subList(0, rows)));
  }

  @Override
  public void append(Attention cache, int position, float[] k, float[] v) {
    for (var rows : List.of(keys.get(cache), values.get(cache))) {
      rows.subList(position, rows.size()).clear();
    }
    keys.get(cache).add(k.clone());
    values.get(cache).add(v.clone());
  }

  @Override
  public float[][] scores(Attention cache, float[] q, int tokens) {
    int head = cache.map().size().head();
    int shared = cache.map().size().shared();
    float[][] scores = new float[cache.map().size().heads()][tokens];
    for (int h = 0; h < scores.length; h++) {
      float[] query = Arrays.copyOfRange(q, h * head, (h + 1) * head);
      for (int t = 0; t < tokens; t++) {
        int from = h / shared * head;
        float[] key = Arrays.copyOfRange(keys.get(cache).get(t), from, from + head);
        scores[h][t] = dot(key, query, cache.map().keys().chunk());
      }
    }
    return scores;
  }

  @Override
  public float[] weightedSum(Attention cache, float[][] p, int tokens) {
    int head = cache.map().size().head();
    float[] sums = new float[p.length * head];
    for (int i = 0; i < sums.length; i++) {
      float[] column = new float[tokens];
      for (int t = 0; t < tokens; t++) {
        column[t] =
            values.get(cache).get(t)[i / head / cache.map().size().shared() * head + i % head];
      }
      sums[i] = dot(column, p[i / head], cache.map().values().chunk());
    }
    return sums;
  }
}
