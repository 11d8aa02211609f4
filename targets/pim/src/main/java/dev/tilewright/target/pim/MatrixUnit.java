package dev.tilewright.target.pim;

import dev.tilewright.pim.map.Attention;
import dev.tilewright.pim.map.Elements;
import dev.tilewright.pim.map.Product;

/** What multiplies with mapped matrices and caches, in the banks' arithmetic. */
interface MatrixUnit {
  /** For people: what there is to say about its work; may be empty. */
  default String describe() {
    return "";
  }

  /** Writes a matrix. */
  void load(Product product, Elements elements);

  /** {@code y = W x}: sums over chunks of bf16, in f32. */
  float[] multiply(Product product, float[] x);

  /** Makes caches empty. */
  void clear(Attention cache);

  /** Makes a cache's first rows those of another. */
  void copy(Attention from, Attention to, int rows);

  /** Appends a token's keys and values, heads side by side. */
  void append(Attention cache, int position, float[] k, float[] v);

  /** Scores of each head of {@code q} with the first tokens. */
  float[][] scores(Attention cache, float[] q, int tokens);

  /** The values' sums weighted by each head's {@code p}, heads side by side. */
  float[] weightedSum(Attention cache, float[][] p, int tokens);
}
