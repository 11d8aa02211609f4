package dev.tilewright.pim.map;

import dev.tilewright.pim.device.Device;

/** Moves the data of attention between vectors and the streams of {@link Attention}. */
public final class AttentionRun {
  private final Attention attention;
  private final AttentionMap map;

  public AttentionRun(Attention attention) {
    this.attention = attention;
    this.map = attention.map();
  }

  /**
   * Appends a token.
   *
   * @param k its key, {@code key heads * head}, which rounds to bf16
   * @param v its value, alike
   */
  public void append(int position, float[] k, float[] v, StreamRunner runner) {
    Staging staging = new Staging(attention.append(position));
    int head = map.size().head();
    int slots = map.values().groupSlots() * Device.LANES;
    for (int h = 0; h < map.size().keyHeads(); h++) {
      for (int d = 0; d < head; d++) {
        int output = map.valueOutput(h, d);
        staging.put(staging.first("k") + h * map.headElements() + d, k[h * head + d]);
        staging.put(
            staging.first("v") + output / map.values().width() * slots + map.values().place(output),
            v[h * head + d]);
      }
    }
    staging.run(runner);
  }

  /** {@code scores[head][token] = sum over d of q[head][d] k[token][key head][d]}. */
  public float[][] scores(float[] q, int tokens, StreamRunner runner) {
    Staging staging = new Staging(attention.scores(tokens));
    int heads = map.size().heads();
    int head = map.size().head();
    for (int h = 0; h < heads; h++) {
      for (int d = 0; d < head; d++) {
        staging.put(staging.first("q") + place(h) * map.headElements() + d, q[h * head + d]);
      }
    }
    staging.run(runner);
    MatrixMap keys = map.keys();
    int groups = MatrixMap.ceil(tokens, keys.width());
    int slots = keys.groupSlots() * Device.LANES;
    float[][] scores = new float[heads][tokens];
    for (int h = 0; h < heads; h++) {
      int from = staging.first("scores") + place(h) * keys.slots(groups) * Device.LANES;
      for (int t = 0; t < tokens; t++) {
        scores[h][t] = staging.get(from + t / keys.width() * slots + keys.place(t));
      }
    }
    return scores;
  }

  /** {@code sum[head][d] = sum over t of p[head][t] v[t][key head][d]}, heads side by side. */
  public float[] weightedSum(float[][] p, int tokens, StreamRunner runner) {
    Staging staging = new Staging(attention.weightedSum(tokens));
    int columns = MatrixMap.ceil(tokens, Device.LANES);
    int head = map.size().head();
    for (int h = 0; h < p.length; h++) {
      for (int t = 0; t < tokens; t++) {
        staging.put(staging.first("p") + place(h) * columns * Device.LANES + t, p[h][t]);
      }
    }
    staging.run(runner);
    MatrixMap values = map.values();
    int slots = values.groupSlots() * Device.LANES;
    int chunks = MatrixMap.ceil(tokens, values.chunk());
    float[] sum = new float[p.length * head];
    for (int h = 0; h < p.length; h++) {
      int pass = h % map.size().shared();
      for (int q = 0; q < chunks; q++) {
        int from =
            staging.first("sums")
                + (pass * chunks + q) * values.slots(values.groups()) * Device.LANES;
        for (int d = 0; d < head; d++) {
          int output = map.valueOutput(h / map.size().shared(), d);
          sum[h * head + d] +=
              staging.get(from + output / values.width() * slots + values.place(output));
        }
      }
    }
    return sum;
  }

  /** Query heads go pass by pass, so that a pass has one query head for each key head. */
  private int place(int head) {
    return head % map.size().shared() * map.size().keyHeads() + head / map.size().shared();
  }
}
