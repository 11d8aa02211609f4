package dev.tilewright.target.pim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.pim.map.Attention;
import dev.tilewright.pim.map.Elements;
import dev.tilewright.pim.map.Product;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Holds every product of another unit against the exact one of the same bf16 numbers. A chunk's sum
 * s of terms whose magnitudes add up to a is off by at most {@code e a}, {@code e = (4 + columns)
 * 2^-24}, and rounding it to bf16 adds {@code 2^-8 (|s| + e a)}; adding up c chunks adds {@code c
 * 2^-24} of their magnitudes.
 */
final class BoundedUnit implements MatrixUnit {
  private static final int LANES = 16;
  private static final double F32 = 0x1p-24;
  private static final double BF16 = 0x1p-8;

  private final MatrixUnit unit;
  private final Map<Product, Elements> matrices = new HashMap<>();
  private final Map<Attention, List<float[]>> keys = new HashMap<>();
  private final Map<Attention, List<float[]>> values = new HashMap<>();
  private long checked;

  BoundedUnit(MatrixUnit unit) {
    this.unit = unit;
  }

  /** How many numbers were held against their bounds. */
  long checked() {
    return checked;
  }

  /** A factor of a sum's term. */
  private interface Factor {
    float at(int k);
  }

  private void check(float found, Factor w, Factor x, int depth, int chunk) {
    double exact = 0;
    double bound = 0;
    double chunkSums = 0;
    int chunks = 0;
    for (int from = 0; from < depth; from += chunk) {
      int to = Math.min(depth, from + chunk);
      double sum = 0;
      double magnitude = 0;
      for (int k = from; k < to; k++) {
        double term = (double) PlainUnit.bf16(w.at(k)) * PlainUnit.bf16(x.at(k));
        sum += term;
        magnitude += Math.abs(term);
      }
      double off = (4 + Math.ceilDiv(to - from, LANES)) * F32 * magnitude;
      exact += sum;
      bound += off + BF16 * (Math.abs(sum) + off);
      chunkSums += Math.abs(sum) + off;
      chunks++;
    }
    bound += chunks * F32 * (1 + BF16) * chunkSums;
    assertThat((double) found).isCloseTo(exact, within(bound + Float.MIN_NORMAL));
    checked++;
  }

  @Override
  public void load(Product product, Elements elements) {
    matrices.put(product, elements);
    unit.load(product, elements);
  }

  @Override
  public float[] multiply(Product product, float[] x) {
    float[] y = unit.multiply(product, x);
    for (int i = 0; i < y.length; i++) {
      int output = i;
      Elements matrix = matrices.get(product);
      check(y[i], k -> matrix.at(output, k), k -> x[k], x.length, product.matrix().chunk());
    }
    return y;
  }

  @Override
  public void clear(Attention cache) {
    keys.put(cache, new ArrayList<>());
    values.put(cache, new ArrayList<>());
    unit.clear(cache);
  }

  @Override
  public void copy(Attention from, Attention to, int rows) {
    keys.put(to, new ArrayList<>(keys.get(from).subList(0, rows)));
    values.put(to, new ArrayList<>(values.get(from).subList(0, rows)));
    unit.copy(from, to, rows);
  }

  @Override
  public void append(Attention cache, int position, float[] k, float[] v) {
    keys.get(cache).subList(position, keys.get(cache).size()).clear();
    values.get(cache).subList(position, values.get(cache).size()).clear();
    keys.get(cache).add(k.clone());
    values.get(cache).add(v.clone());
    unit.append(cache, position, k, v);
  }

  @Override
  public float[][] scores(Attention cache, float[] q, int tokens) {
    float[][] scores = unit.scores(cache, q, tokens);
    int head = cache.map().size().head();
    for (int h = 0; h < scores.length; h++) {
      int query = h * head;
      int key = h / cache.map().size().shared() * head;
      for (int t = 0; t < tokens; t++) {
        float[] row = keys.get(cache).get(t);
        check(scores[h][t], d -> row[key + d], d -> q[query + d], head, head);
      }
    }
    return scores;
  }

  @Override
  public float[] weightedSum(Attention cache, float[][] p, int tokens) {
    float[] sums = unit.weightedSum(cache, p, tokens);
    int head = cache.map().size().head();
    for (int i = 0; i < sums.length; i++) {
      int h = i / head;
      int at = h / cache.map().size().shared() * head + i % head;
      List<float[]> rows = values.get(cache);
      check(sums[i], t -> rows.get(t)[at], t -> p[h][t], tokens, cache.map().values().chunk());
    }
    return sums;
  }
}
