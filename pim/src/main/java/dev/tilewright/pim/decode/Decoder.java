package dev.tilewright.pim.decode;

import dev.tilewright.pim.controller.VectorUnit;
import dev.tilewright.pim.map.AttentionRun;
import dev.tilewright.pim.map.ColumnWriter;
import dev.tilewright.pim.map.Product;
import dev.tilewright.pim.map.StreamRunner;
import java.util.Arrays;

/** Runs the steps of a {@link DecodePlan} on data. */
public final class Decoder {
  private static final float EPS = 1e-5f;

  private final DecodePlan plan;
  private final DecoderWeights weights;
  private final VectorUnit unit;
  private final StreamRunner memory;
  private int position;

  /**
   * @param unit computes what is no product
   * @param memory carries out the streams, on banks that {@link #load} has filled
   */
  public Decoder(DecodePlan plan, DecoderWeights weights, VectorUnit unit, StreamRunner memory) {
    if (weights.layers().size() != plan.size().layers()) {
      throw new IllegalArgumentException(
          "weights of %d layers for a plan of %d"
              .formatted(weights.layers().size(), plan.size().layers()));
    }
    this.plan = plan;
    this.weights = weights;
    this.unit = unit;
    this.memory = memory;
  }

  /** Fills the banks with the weights, which round to bf16, and with empty caches. */
  public static void load(DecodePlan plan, DecoderWeights weights, ColumnWriter banks) {
    plan.logits().matrix().load(weights.tokens(), banks);
    plan.positionMatrix().load(weights.positions(), banks);
    for (int i = 0; i < weights.layers().size(); i++) {
      LayerMap map = plan.layer(i);
      DecoderWeights.Layer layer = weights.layers().get(i);
      map.qkv().matrix().load(layer.qkv().matrix(), banks);
      map.attention().map().load(banks);
      map.project().matrix().load(layer.project().matrix(), banks);
      map.up().matrix().load(layer.up().matrix(), banks);
      map.down().matrix().load(layer.down().matrix(), banks);
    }
  }

  /** Reads the next token and returns the logits of the one behind it. */
  public float[] step(int token) {
    float[] x =
        unit.add(plan.tokens().apply(token, memory), plan.positions().apply(position, memory));
    for (int i = 0; i < weights.layers().size(); i++) {
      DecoderWeights.Layer layer = weights.layers().get(i);
      LayerMap map = plan.layer(i);
      float[] attended = attend(map, product(map.qkv(), layer.qkv(), norm(x, layer.before())));
      x = unit.add(x, product(map.project(), layer.project(), attended));
      float[] up = product(map.up(), layer.up(), norm(x, layer.between()));
      x = unit.add(x, product(map.down(), layer.down(), unit.gelu(up)));
    }
    position++;
    return plan.logits().apply(norm(x, weights.norm()), null, memory);
  }

  private float[] norm(float[] x, DecoderWeights.Norm norm) {
    return unit.layerNorm(x, norm.gain(), norm.bias(), EPS);
  }

  private float[] product(Product product, DecoderWeights.Affine affine, float[] x) {
    return product.apply(x, affine.bias(), memory);
  }

  private float[] attend(LayerMap map, float[] qkv) {
    int width = plan.size().width();
    AttentionRun run = new AttentionRun(map.attention());
    run.append(
        position,
        Arrays.copyOfRange(qkv, width, 2 * width),
        Arrays.copyOfRange(qkv, 2 * width, 3 * width),
        memory);
    float[][] scores = run.scores(Arrays.copyOf(qkv, width), position + 1, memory);
    float scale = (float) (1 / Math.sqrt(plan.size().attention().head()));
    float[][] p = new float[scores.length][];
    for (int h = 0; h < p.length; h++) {
      p[h] = unit.softmax(scores[h], scale);
    }
    return run.weightedSum(p, position + 1, memory);
  }
}
