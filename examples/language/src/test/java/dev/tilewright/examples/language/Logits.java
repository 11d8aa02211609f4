package dev.tilewright.examples.language;

import dev.tilewright.CompiledModel;
import dev.tilewright.Tensor;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.BiFunction;

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
    switch (arguments[0]) {
      case "SmolLm2" -> write(SmolLm2.class, SmolLm2::logits, weights, tokens, out);
      case "Gemma3Small" -> write(Gemma3Small.class, Gemma3Small::logits, weights, tokens, out);
      default -> throw new IllegalArgumentException("SmolLm2 or Gemma3Small, not " + arguments[0]);
    }
  }

  private static <M extends CompiledModel> void write(
      Class<M> type, BiFunction<M, Tensor, Tensor> logits, Path weights, Path tokens, Path out)
      throws IOException {
    try (Weights file = Weights.open(weights);
        M model = Tilewright.load(type, file);
        OutputStream stream = new BufferedOutputStream(Files.newOutputStream(out))) {
      for (String line : Files.readAllLines(tokens)) {
        int[] ids = Arrays.stream(line.split(" ")).mapToInt(Integer::parseInt).toArray();
        long start = System.nanoTime();
        float[] values =
            HostTensor.of(logits.apply(model, Tensors.of(new int[][] {ids}))).toFloats();
        System.err.printf("%d tokens in %.3f s%n", ids.length, (System.nanoTime() - start) / 1e9);
        ByteBuffer bytes =
            ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        stream.write(bytes.array());
      }
    }
  }
}
