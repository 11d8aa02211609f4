package dev.tilewright.tests.minilm;

import dev.tilewright.Tensor;
import dev.tilewright.examples.search.MiniLm;
import dev.tilewright.runtime.Tensors;
import java.util.Arrays;
import java.util.List;

/**
 * Sentences side by side, padded at the end.
 *
 * @param rows the tokens of each
 * @param tokens the padded length
 * @param filler what padding holds
 */
record Batch(List<int[]> rows, int tokens, int filler) {
  /** Padded to the longest, with zeros. */
  static Batch of(List<int[]> rows) {
    return new Batch(rows, rows.stream().mapToInt(row -> row.length).max().orElseThrow(), 0);
  }

  int[] ids() {
    int[] ids = new int[rows.size() * tokens];
    Arrays.fill(ids, filler);
    for (int row = 0; row < rows.size(); row++) {
      System.arraycopy(rows.get(row), 0, ids, row * tokens, rows.get(row).length);
    }
    return ids;
  }

  int[] mask() {
    int[] mask = new int[rows.size() * tokens];
    for (int row = 0; row < rows.size(); row++) {
      Arrays.fill(mask, row * tokens, row * tokens + rows.get(row).length, 1);
    }
    return mask;
  }

  /** The embedding of each row. */
  float[][] embed(MiniLm model) {
    long[] shape = {rows.size(), tokens};
    return split(model.embed(Tensors.ints(shape, ids()), Tensors.ints(shape, mask())));
  }

  /** The embedding of each row, computed without padding. */
  float[][] embedRagged(MiniLm model) {
    int[][] mask = rows.stream().map(row -> new int[row.length]).toArray(int[][]::new);
    for (int[] row : mask) {
      Arrays.fill(row, 1);
    }
    return split(model.embed(Tensors.ragged(rows.toArray(int[][]::new)), Tensors.ragged(mask)));
  }

  private float[][] split(Tensor vectors) {
    float[] all = vectors.toFloats();
    int width = all.length / rows.size();
    float[][] split = new float[rows.size()][];
    for (int row = 0; row < split.length; row++) {
      split[row] = Arrays.copyOfRange(all, row * width, (row + 1) * width);
    }
    return split;
  }
}
