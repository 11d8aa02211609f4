package dev.tilewright.examples.chat;

import dev.tilewright.examples.language.SmolLm2;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Session;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import java.util.Map;

/** SmolLM2 with the memory of one conversation. */
final class SmolLm2Session implements LanguageModel {
  private static final Map<String, Object> SHAPE =
      Map.of(
          "general.architecture", "llama",
          "llama.block_count", (long) SmolLm2.LAYERS,
          "llama.embedding_length", (long) SmolLm2.DIM,
          "llama.attention.head_count", (long) SmolLm2.HEADS);

  private final SmolLm2 model;
  private final Session<SmolLm2> session;

  SmolLm2Session(Weights weights, LoadOptions options) {
    model = Tilewright.load(SmolLm2.class, weights, options);
    session = Session.open(model);
  }

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

  @Override
  public float[] next(int... ids) {
    return session.model().next(Tensors.ints(new long[] {1, ids.length}, ids)).toFloats();
  }

  @Override
  public int length() {
    return Math.toIntExact(session.length());
  }

  @Override
  public int capacity() {
    return session.capacity();
  }

  @Override
  public void truncate(int length) {
    session.truncate(length);
  }

  @Override
  public void close() {
    session.close();
    model.close();
  }
}
