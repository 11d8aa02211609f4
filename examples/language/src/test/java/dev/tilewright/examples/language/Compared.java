package dev.tilewright.examples.language;

import dev.tilewright.CompiledModel;
import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;

/**
 * A model that {@code compare.py} compares, by its name.
 *
 * @param logits its entry for the scores behind all tokens
 * @param next its entry for the scores behind the last
 */
record Compared<M extends CompiledModel>(
    Class<M> type, BiFunction<M, Tensor, Tensor> logits, BiFunction<M, Tensor, Tensor> next) {
  static Compared<?> of(String name) {
    return switch (name) {
      case "SmolLm2" -> new Compared<>(SmolLm2.class, SmolLm2::logits, SmolLm2::next);
      case "Gemma3Small" ->
          new Compared<>(Gemma3Small.class, Gemma3Small::logits, Gemma3Small::next);
      default -> throw new IllegalArgumentException("SmolLm2 or Gemma3Small, not " + name);
    };
  }

  M load(Path weights, Precision precision) {
    try (Weights file = Weights.open(weights)) {
      return Tilewright.load(type, file, LoadOptions.defaults().withPrecision(precision));
    }
  }

  float[] logits(M model, int[] ids) {
    return HostTensor.of(logits.apply(model, Tensors.of(new int[][] {ids}))).toFloats();
  }

  float[] next(M model, int... ids) {
    return HostTensor.of(next.apply(model, Tensors.of(new int[][] {ids}))).toFloats();
  }

  /** A line of ids for each text. */
  static List<int[]> tokens(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .map(line -> Arrays.stream(line.split(" ")).mapToInt(Integer::parseInt).toArray())
        .toList();
  }
}
