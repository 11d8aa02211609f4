package dev.tilewright.examples.language;

import dev.tilewright.CompiledModel;
import dev.tilewright.Precision;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/**
 * Writes how unlikely each line of tokens is, the sum over its tokens of {@code -log p} in nats,
 * for {@code compare.py}: {@code SmolLm2 model.gguf tokens.txt losses.txt FLOAT32}.
 */
final class Losses {
  private Losses() {}

  static void main(String[] arguments) throws IOException {
    try (PrintStream out = new PrintStream(arguments[3])) {
      write(
          Compared.of(arguments[0]),
          Path.of(arguments[1]),
          Path.of(arguments[2]),
          out,
          Precision.valueOf(arguments[4]));
    }
  }

  private static <M extends CompiledModel> void write(
      Compared<M> compared, Path weights, Path tokens, PrintStream out, Precision precision)
      throws IOException {
    try (M model = compared.load(weights, precision)) {
      for (int[] ids : Compared.tokens(tokens)) {
        float[] logits = compared.logits(model, ids);
        int words = logits.length / ids.length;
        double loss = 0;
        for (int i = 0; i + 1 < ids.length; i++) {
          loss += loss(logits, i * words, words, ids[i + 1]);
        }
        out.println(loss);
      }
    }
  }

  /** {@code -log(exp(score) / sum of exp(scores))}. */
  private static double loss(float[] logits, int start, int words, int token) {
    float greatest = Float.NEGATIVE_INFINITY;
    for (int word = 0; word < words; word++) {
      greatest = Math.max(greatest, logits[start + word]);
    }
    double sum = 0;
    for (int word = 0; word < words; word++) {
      sum += Math.exp(logits[start + word] - (double) greatest);
    }
    return Math.log(sum) + greatest - logits[start + token];
  }
}
