package dev.tilewright.pim.decode;

import dev.tilewright.pim.decode.Work.Part;
import dev.tilewright.pim.map.MatrixMap;

/**
 * What a step would take if the controller began as soon as it had a vector, and the memory went on
 * meanwhile: softmax of a chunk of heads while scores of the next are computed, weighted sums of a
 * head while softmax of the next is, GELU of a block of outputs while the next is multiplied. Norms
 * and additions need all of a vector, and wait.
 */
final class Overlap {
  private Overlap() {}

  /**
   * Seconds of a step.
   *
   * @param time its pieces, one after the other
   */
  static double seconds(DecodePlan plan, StepTime time) {
    int layers = plan.size().layers();
    double scores = time.seconds(Part.SCORES) / layers;
    double softmax = time.seconds(Part.SOFTMAX) / layers;
    double sums = time.seconds(Part.WEIGHTED_SUM) / layers;
    int heads = plan.size().heads();
    int chunks = plan.layer(0).attention().map().keys().chunks();
    int together = (heads + chunks - 1) / chunks;
    double attention = attention(scores, softmax, sums, heads, together);
    double saved = scores + softmax + sums - attention;
    MatrixMap up = plan.layer(0).up().matrix();
    int blocks = (up.groups() + plan.device().accumulators() - 1) / plan.device().accumulators();
    double product = time.seconds(Part.UP) / layers;
    double gelu = time.seconds(Part.GELU) / layers;
    saved += product + gelu - pipeline(product, gelu, blocks);
    return time.seconds() - layers * saved;
  }

  /**
   * When the last weighted sum ends.
   *
   * @param together heads whose scores end at the same time
   */
  static double attention(double scores, double softmax, double sums, int heads, int together) {
    double controller = 0;
    double memory = scores;
    for (int h = 0; h < heads; h++) {
      int known = Math.min(heads, (h / together + 1) * together);
      controller = Math.max(controller, scores * known / heads) + softmax / heads;
      memory = Math.max(memory, controller) + sums / heads;
    }
    return memory;
  }

  /** When the last of {@code parts} equal parts has gone through two stages. */
  static double pipeline(double first, double second, int parts) {
    double end = 0;
    for (int i = 1; i <= parts; i++) {
      end = Math.max(end, first * i / parts) + second / parts;
    }
    return end;
  }
}
