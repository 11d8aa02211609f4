package dev.tilewright.examples.language;

import dev.tilewright.CompiledModel;
import dev.tilewright.Precision;
import dev.tilewright.runtime.Session;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/**
 * Writes the 256 likeliest tokens that follow each line of tokens one after another, for {@code
 * compare.py}: {@code SmolLm2 model.gguf tokens.txt greedy.txt FLOAT32}.
 */
final class Greedy {
  private static final int COUNT = 256;

  private Greedy() {}

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
    try (M model = compared.load(weights, precision);
        Session<M> session = Session.open(model)) {
      for (int[] ids : Compared.tokens(tokens)) {
        session.truncate(0);
        StringBuilder line = new StringBuilder();
        int token = likeliest(compared.next(session.model(), ids));
        for (int i = 0; i < COUNT; i++) {
          line.append(i == 0 ? "" : " ").append(token);
          token = likeliest(compared.next(session.model(), token));
        }
        out.println(line);
      }
    }
  }

  private static int likeliest(float[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }
}
