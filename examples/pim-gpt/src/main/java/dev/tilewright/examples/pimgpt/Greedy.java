package dev.tilewright.examples.pimgpt;

import dev.tilewright.CompiledModel;
import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.runtime.Device;
import dev.tilewright.runtime.DeviceReport;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Session;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Greedy decode of one model on a device and by the eager oracle in bf16, token after token. Each
 * step goes on behind the oracle's token, so that one difference makes no others.
 *
 * @param next logits {@code [1, words]} behind words {@code [1, S]}
 */
record Greedy<M extends CompiledModel>(
    String name, Class<M> type, Supplier<Weights> weights, BiFunction<M, Tensor, Tensor> next) {
  private static final int[] PROMPT = {1, 504, 253, 284};

  /**
   * How far logits may be from the oracle's, for the largest of them: eight roundings to bf16, as
   * in the small models that the tests decode. A bank rounds each product, the oracle none.
   */
  private static final double ROUNDINGS = 8 * 0x1p-8;

  /**
   * What came of it.
   *
   * @param equal tokens that are the oracle's
   * @param gap of the tokens that are not: by how much the oracle prefers its own, at most
   * @param off the largest difference of a logit
   * @param largest the largest logit
   * @param within whether the logits of each step were as near as their roundings allow
   * @param step what the last step took
   * @param device what the device says of itself
   */
  record Outcome(
      String name,
      int tokens,
      int equal,
      double gap,
      double off,
      double largest,
      boolean within,
      DeviceReport step,
      String device) {
    /** A row of a Markdown table. */
    String row() {
      return String.format(
          Locale.ROOT,
          "| %s | %d of %d | %.3f | %.3f of %.1f | %.3f | %.2f | %s |",
          name,
          equal,
          tokens,
          gap,
          off,
          largest,
          1e3 * step.seconds(),
          1e3 * step.joules(),
          device);
    }
  }

  /** Decodes so many tokens, and says each step. */
  Outcome run(int tokens, String device, PrintStream out) {
    LoadOptions options = LoadOptions.defaults().withDevice(Device.pim(device));
    try (M oracle = Tilewright.eager(type, weights.get(), Precision.BFLOAT16);
        Session<M> expected = Session.open(oracle);
        M model = Tilewright.load(type, weights.get(), options);
        Session<M> found = Session.open(model)) {
      int[] ids = PROMPT;
      int equal = 0;
      double gap = 0;
      double off = 0;
      double largest = 0;
      boolean within = true;
      for (int i = 0; i < tokens; i++) {
        float[] exact = logits(expected, ids);
        float[] logits = logits(found, ids);
        double own = 0;
        double most = 0;
        for (int w = 0; w < exact.length; w++) {
          own = Math.max(own, Math.abs(exact[w] - logits[w]));
          most = Math.max(most, Math.abs(exact[w]));
        }
        int token = likeliest(exact);
        int other = likeliest(logits);
        equal += token == other ? 1 : 0;
        gap = Math.max(gap, exact[token] - exact[other]);
        off = Math.max(off, own);
        largest = Math.max(largest, most);
        within &= own <= ROUNDINGS * most;
        out.printf(
            Locale.ROOT,
            "%s: token %d of %d: %d, on the device %d; logits differ by %.3f of %.1f%n",
            name,
            i + 1,
            tokens,
            token,
            other,
            own,
            most);
        ids = new int[] {token};
      }
      return new Outcome(
          name,
          tokens,
          equal,
          gap,
          off,
          largest,
          within,
          Device.report(found.model()),
          model.describe());
    }
  }

  private float[] logits(Session<M> session, int[] ids) {
    Tensor words = Tensors.ints(new long[] {1, ids.length}, ids);
    return HostTensor.of(next.apply(session.model(), words)).toFloats();
  }

  private static int likeliest(float[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }
}
