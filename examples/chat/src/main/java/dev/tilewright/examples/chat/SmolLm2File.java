package dev.tilewright.examples.chat;

import dev.tilewright.examples.language.SmolLm2;
import dev.tilewright.runtime.Weights;
import java.util.Map;

/** What a GGUF file with SmolLM2's weights says of itself. */
final class SmolLm2File {
  private static final Map<String, Object> SHAPE =
      Map.of(
          "general.architecture", "llama",
          "llama.block_count", (long) SmolLm2.LAYERS,
          "llama.embedding_length", (long) SmolLm2.DIM,
          "llama.attention.head_count", (long) SmolLm2.HEADS);

  private SmolLm2File() {}

  /** Why the weights cannot be those of the model, or nothing. */
  static String misfit(Weights weights) {
    return SHAPE.entrySet().stream()
        .filter(entry -> !entry.getValue().equals(weights.metadata().get(entry.getKey())))
        .map(
            entry ->
                "%s is %s instead of %s"
                    .formatted(
                        entry.getKey(), weights.metadata().get(entry.getKey()), entry.getValue()))
        .sorted()
        .findFirst()
        .orElse("");
  }
}
