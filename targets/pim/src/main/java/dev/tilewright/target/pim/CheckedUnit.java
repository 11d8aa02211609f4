package dev.tilewright.target.pim;

import dev.tilewright.pim.map.Attention;
import dev.tilewright.pim.map.Elements;
import dev.tilewright.pim.map.MatrixMap;
import dev.tilewright.pim.map.Product;
import dev.tilewright.runtime.DeviceException;
import java.util.List;
import java.util.function.Supplier;

/**
 * Holds every product of a unit against the written arithmetic, bit for bit, and against the exact
 * product of the same bf16 numbers. A chunk's sum s of terms whose magnitudes add up to a is off by
 * at most {@code e a}, {@code e = (4 + columns) 2^-24}: four sums of pairs, and one addition a
 * column. Rounding it to bf16 adds {@code 2^-8 (|s| + e a)}; adding up c chunks adds {@code c
 * 2^-24} of their magnitudes.
 */
final class CheckedUnit implements MatrixUnit {
  private static final int LANES = 16;
  private static final double F32 = 0x1p-24;
  private static final double BF16 = 0x1p-8;

  private final MatrixUnit unit;
  private final MatrixUnit arithmetic;
  private final WrittenUnit written;
  private long checked;

  CheckedUnit(MatrixUnit unit) {
    this(unit, new WrittenUnit());
  }

  private CheckedUnit(MatrixUnit unit, WrittenUnit written) {
    this(unit, written, written);
  }

  /**
   * @param arithmetic whose bits the unit must give
   * @param written what keeps the operands; told of all that the arithmetic is told, unless it is
   *     the arithmetic
   */
  CheckedUnit(MatrixUnit unit, MatrixUnit arithmetic, WrittenUnit written) {
    this.unit = unit;
    this.arithmetic = arithmetic;
    this.written = written;
  }

  /** How many numbers were held against their bounds. */
  long checked() {
    return checked;
  }

  @Override
  public String describe() {
    return "%,d numbers checked".formatted(checked);
  }

  /** Factors of a sum's terms. */
  private interface Factor {
    float at(int k);
  }

  private void check(
      Supplier<String> what,
      float found,
      float expected,
      Factor w,
      Factor x,
      int depth,
      int chunk) {
    if (Float.floatToIntBits(found) != Float.floatToIntBits(expected)) {
      throw new DeviceException(
          "%s is %s, but the written arithmetic gives %s".formatted(what.get(), found, expected));
    }
    double exact = 0;
    double bound = Float.MIN_NORMAL;
    double chunkSums = 0;
    int chunks = 0;
    for (int from = 0; from < depth; from += chunk) {
      int to = Math.min(depth, from + chunk);
      double sum = 0;
      double magnitude = 0;
      for (int k = from; k < to; k++) {
        double term = (double) w.at(k) * x.at(k);
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
    if (!(Math.abs(found - exact) <= bound)) {
      throw new DeviceException(
          "%s is %s, more than %s from the exact %s".formatted(what.get(), found, bound, exact));
    }
    checked++;
  }

  @Override
  public void load(Product product, Elements elements) {
    unit.load(product, elements);
    written.load(product, elements);
  }

  @Override
  public float[] multiply(Product product, float[] x) {
    float[] y = unit.multiply(product, x);
    float[] expected = arithmetic.multiply(product, x);
    float[] narrow = WrittenUnit.rounded(x);
    for (int i = 0; i < y.length; i++) {
      float[] row = written.matrix(product)[i];
      int output = i;
      Supplier<String> what = () -> product.matrix().name() + "[" + output + "]";
      check(what, y[i], expected[i], k -> row[k], k -> narrow[k], x.length, chunk(product));
    }
    return y;
  }

  private static Supplier<String> named(String what, int head, int number, MatrixMap cache) {
    return () -> "%s %d of head %d of %s".formatted(what, number, head, cache.name());
  }

  private static int chunk(Product product) {
    return product.matrix().chunk();
  }

  @Override
  public void clear(Attention cache) {
    unit.clear(cache);
    written.clear(cache);
  }

  @Override
  public void copy(Attention from, Attention to, int rows) {
    unit.copy(from, to, rows);
    written.copy(from, to, rows);
  }

  @Override
  public void append(Attention cache, int position, float[] k, float[] v) {
    unit.append(cache, position, k, v);
    written.append(cache, position, k, v);
  }

  @Override
  public float[][] scores(Attention cache, float[] q, int tokens) {
    float[][] scores = unit.scores(cache, q, tokens);
    float[][] expected = arithmetic.scores(cache, q, tokens);
    float[] narrow = WrittenUnit.rounded(q);
    int head = cache.map().size().head();
    for (int h = 0; h < scores.length; h++) {
      int query = h * head;
      int key = h / cache.map().size().shared() * head;
      for (int t = 0; t < tokens; t++) {
        float[] row = written.keys(cache).get(t);
        Supplier<String> what = named("score", h, t, cache.map().keys());
        check(
            what,
            scores[h][t],
            expected[h][t],
            d -> row[key + d],
            d -> narrow[query + d],
            head,
            head);
      }
    }
    return scores;
  }

  @Override
  public float[] weightedSum(Attention cache, float[][] p, int tokens) {
    float[] sums = unit.weightedSum(cache, p, tokens);
    float[] expected = arithmetic.weightedSum(cache, p, tokens);
    int head = cache.map().size().head();
    int chunk = cache.map().values().chunk();
    List<float[]> rows = written.values(cache);
    for (int h = 0; h < p.length; h++) {
      float[] narrow = WrittenUnit.rounded(p[h]);
      for (int i = h * head; i < (h + 1) * head; i++) {
        int at = h / cache.map().size().shared() * head + i % head;
        Supplier<String> what = named("weighted sum", h, i % head, cache.map().values());
        check(what, sums[i], expected[i], t -> rows.get(t)[at], t -> narrow[t], tokens, chunk);
      }
    }
    return sums;
  }
}
