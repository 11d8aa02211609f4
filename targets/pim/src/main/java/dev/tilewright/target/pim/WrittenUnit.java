package dev.tilewright.target.pim;

import dev.tilewright.pim.compute.Bf16;
import dev.tilewright.pim.map.Attention;
import dev.tilewright.pim.map.Elements;
import dev.tilewright.pim.map.Product;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The written arithmetic of the banks stated on arrays, without banks and streams. */
final class WrittenUnit implements MatrixUnit {
  private static final int LANES = 16;

  private final Map<Product, float[][]> matrices = new HashMap<>();
  private final Map<Attention, List<float[]>> keys = new HashMap<>();
  private final Map<Attention, List<float[]>> values = new HashMap<>();

  /** The rows of a matrix, rounded to bf16. */
  float[][] matrix(Product product) {
    return matrices.get(product);
  }

  /** What was appended, a row a token, rounded to bf16. */
  List<float[]> keys(Attention cache) {
    return keys.get(cache);
  }

  List<float[]> values(Attention cache) {
    return values.get(cache);
  }

  static float[] rounded(float[] values) {
    return Bf16.widen(Bf16.round(values));
  }

  /** Products of columns in pairs, columns ascending, rounded once a chunk. */
  private static float dot(float[] w, float[] x, int chunk) {
    float[] p = new float[LANES];
    float sum = 0;
    for (int from = 0; from < w.length; from += chunk) {
      int to = Math.min(w.length, from + chunk);
      float accumulator = 0;
      for (int k = from; k < to; k += LANES) {
        for (int i = 0; i < LANES; i++) {
          p[i] = k + i < to ? w[k + i] * x[k + i] : 0;
        }
        for (int live = LANES / 2; live > 0; live /= 2) {
          for (int i = 0; i < live; i++) {
            p[i] = p[2 * i] + p[2 * i + 1];
          }
        }
        accumulator += p[0];
      }
      sum += Bf16.widen(Bf16.round(accumulator));
    }
    return sum;
  }

  @Override
  public void load(Product product, Elements elements) {
    float[][] matrix = new float[product.matrix().outputs()][product.matrix().depth()];
    for (int i = 0; i < matrix.length; i++) {
      for (int k = 0; k < matrix[i].length; k++) {
        matrix[i][k] = Bf16.widen(Bf16.round(elements.at(i, k)));
      }
    }
    matrices.put(product, matrix);
  }

  @Override
  public float[] multiply(Product product, float[] x) {
    float[][] matrix = matrices.get(product);
    float[] narrow = rounded(x);
    float[] y = new float[matrix.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = dot(matrix[i], narrow, product.matrix().chunk());
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
    keys.get(cache).add(rounded(k));
    values.get(cache).add(rounded(v));
  }

  @Override
  public float[][] scores(Attention cache, float[] q, int tokens) {
    int head = cache.map().size().head();
    int shared = cache.map().size().shared();
    float[] narrow = rounded(q);
    float[][] scores = new float[cache.map().size().heads()][tokens];
    for (int h = 0; h < scores.length; h++) {
      float[] query = Arrays.copyOfRange(narrow, h * head, (h + 1) * head);
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
      sums[i] = dot(column, rounded(p[i / head]), cache.map().values().chunk());
    }
    return sums;
  }
}
