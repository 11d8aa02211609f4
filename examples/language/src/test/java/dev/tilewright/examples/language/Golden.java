package dev.tilewright.examples.language;

import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Weights;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What {@code goldens.py} wrote of a model.
 *
 * @param shapes of the weights, by the names that GGUF files have
 * @param ids of the words that came in
 * @param target of the words that a decoder has given so far; empty for models without encoder
 * @param error how far single precision is off in transformers
 * @param logits in binary64
 */
record Golden(Map<String, long[]> shapes, int[] ids, int[] target, double error, double[] logits) {
  static Golden read(String name) throws IOException {
    try (DataInputStream in =
        new DataInputStream(
            Objects.requireNonNull(Golden.class.getResourceAsStream(name + ".golden"), name))) {
      Map<String, long[]> shapes = new LinkedHashMap<>();
      for (int left = in.readInt(); left > 0; left--) {
        String weight = in.readUTF();
        long[] shape = new long[in.readInt()];
        for (int i = 0; i < shape.length; i++) {
          shape[i] = in.readInt();
        }
        shapes.put(weight, shape);
      }
      int[] ids = ints(in);
      int[] target = ints(in);
      double error = in.readDouble();
      double[] logits = new double[in.available() / Double.BYTES];
      for (int i = 0; i < logits.length; i++) {
        logits[i] = in.readDouble();
      }
      return new Golden(shapes, ids, target, error, logits);
    }
  }

  Weights weights() {
    return GeneratedWeights.of(shapes);
  }

  HostTensor tokens() {
    return Tensors.of(new int[][] {ids});
  }

  HostTensor targetTokens() {
    return Tensors.of(new int[][] {target});
  }

  private static int[] ints(DataInputStream in) throws IOException {
    int[] values = new int[in.readInt()];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readInt();
    }
    return values;
  }
}
