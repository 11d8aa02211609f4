package dev.tilewright.examples.pimgpt;

import dev.tilewright.CompiledModel;
import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.pim.decode.TransformerSize;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Session;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;

/**
 * A declared model of one of PIM-GPT's sizes.
 *
 * @param positions rows of its table of positions
 * @param next logits behind words {@code [1, S]}
 */
record SizedModel<M extends CompiledModel>(
    TransformerSize size, Class<M> type, int positions, BiFunction<M, Tensor, Tensor> next) {
  private static final int WARM = 3;
  private static final int MEASURED = 12;

  /** Tokens that the host reads at a time. */
  private static final int PIECE = 256;

  /** All of {@link TransformerSize#PIM_GPT}. */
  static List<SizedModel<?>> all() {
    return TransformerSize.PIM_GPT.stream().<SizedModel<?>>map(SizedModel::of).toList();
  }

  private static SizedModel<?> of(TransformerSize size) {
    return switch (size.name()) {
      case "gpt2-small", "gpt3-small" ->
          new SizedModel<>(size, GptSmall.class, GptSmall.CONTEXT, GptSmall::next);
      case "gpt2-medium", "gpt3-medium" ->
          new SizedModel<>(size, GptMedium.class, GptMedium.CONTEXT, GptMedium::next);
      case "gpt2-large" ->
          new SizedModel<>(size, Gpt2Large.class, Gpt2Large.CONTEXT, Gpt2Large::next);
      case "gpt2-xl" -> new SizedModel<>(size, Gpt2Xl.class, Gpt2Xl.CONTEXT, Gpt2Xl::next);
      case "gpt3-large" ->
          new SizedModel<>(size, Gpt3Large.class, Gpt3Large.CONTEXT, Gpt3Large::next);
      case "gpt3-xl" -> new SizedModel<>(size, Gpt3Xl.class, Gpt3Xl.CONTEXT, Gpt3Xl::next);
      default -> throw new IllegalArgumentException("no model of size '%s'".formatted(size.name()));
    };
  }

  /** The median of the seconds that one more token takes at the end of so long a context. */
  double measure(int context) {
    try (M model =
            Tilewright.load(
                type,
                SharedWeights.of(size, positions),
                LoadOptions.defaults().withPrecision(Precision.BFLOAT16).withReusedResults(true));
        Session<M> session = Session.open(model)) {
      int[] word = {0};
      for (int left = context - WARM - MEASURED; left > 0; left -= PIECE) {
        read(session, word, Math.min(PIECE, left));
      }
      double[] seconds = new double[WARM + MEASURED];
      for (int i = 0; i < seconds.length; i++) {
        long start = System.nanoTime();
        read(session, word, 1);
        seconds[i] = (System.nanoTime() - start) * 1e-9;
      }
      Arrays.sort(seconds, WARM, seconds.length);
      return seconds[WARM + MEASURED / 2];
    }
  }

  /** Reads words that follow each other in the vocabulary; logits of the next. */
  private Tensor read(Session<M> session, int[] word, int count) {
    int[] ids = new int[count];
    Arrays.setAll(ids, _ -> word[0]++ % size.vocabulary());
    return next.apply(session.model(), Tensors.ints(new long[] {1, count}, ids));
  }
}
