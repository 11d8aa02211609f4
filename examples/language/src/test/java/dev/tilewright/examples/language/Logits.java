package dev.tilewright.examples.language;

import dev.tilewright.CompiledModel;
import dev.tilewright.Precision;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes the logits of a compiled model with the weights of a GGUF file, for {@code compare.py}:
 * {@code SmolLm2 model.gguf tokens.txt logits.bin}.
 */
final class Logits {
  private Logits() {}

  static void main(String[] arguments) throws IOException {
    Path weights = Path.of(arguments[1]);
    Path tokens = Path.of(arguments[2]);
    Path out = Path.of(arguments[3]);
    write(Compared.of(arguments[0]), weights, tokens, out);
  }

  private static <M extends CompiledModel> void write(
      Compared<M> compared, Path weights, Path tokens, Path out) throws IOException {
    try (M model = compared.load(weights, Precision.FLOAT32);
        OutputStream stream = new BufferedOutputStream(Files.newOutputStream(out))) {
      for (int[] ids : Compared.tokens(tokens)) {
        long start = System.nanoTime();
        float[] values = compared.logits(model, ids);
        System.err.printf("%d tokens in %.3f s%n", ids.length, (System.nanoTime() - start) / 1e9);
        ByteBuffer bytes =
            ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        stream.write(bytes.array());
      }
    }
  }
}
