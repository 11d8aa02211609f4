package dev.tilewright.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.tilewright.Precision;
import dev.tilewright.runtime.IndexOutOfRangeException;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Session;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.text.generation.Cancellation;
import dev.tilewright.text.generation.CausalSession;
import dev.tilewright.text.generation.Context;
import dev.tilewright.text.generation.Generation;
import dev.tilewright.text.generation.GenerationOptions;
import dev.tilewright.text.generation.Generator;
import java.lang.management.ManagementFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Generation over compiled models. */
class GenerationTest {
  private static final int[] PROMPT = {3, 1, 4, 1, 5};

  private static TinyModel load(Precision precision) {
    return Tilewright.load(
        TinyModel.class,
        TinyModel.weights(1, 0),
        LoadOptions.defaults().withPrecision(precision).withWorkers(2).withReusedResults(true));
  }

  private static Context context(TinyModel model) {
    return new Context(CausalSession.of(Session.open(model), TinyModel::next, TinyModel::each));
  }

  private static Generator generator(int tokens) {
    return new Generator(Alphabet.TOKENIZER, GenerationOptions.defaults().withMaxTokens(tokens));
  }

  private static int[] tokens(Context context, GenerationOptions options) {
    IntStream.Builder tokens = IntStream.builder();
    new Generator(Alphabet.TOKENIZER, options)
        .generateTokens(context, PROMPT, tokens::add, new Cancellation());
    return tokens.build().toArray();
  }

  @Test
  void piecesOfThePromptChangeNothing() {
    try (TinyModel model = load(Precision.BFLOAT16);
        Context whole = context(model);
        Context pieces = context(model)) {
      GenerationOptions options = GenerationOptions.defaults().withMaxTokens(100);
      assertThat(tokens(pieces, options.withPrefillTokens(2))).isEqualTo(tokens(whole, options));
    }
  }

  @Test
  void aWrongTokenLeavesTheContextUsable() {
    try (TinyModel model = load(Precision.FLOAT32);
        Context context = context(model)) {
      int[] wrong = {3, 1, 96};
      assertThatThrownBy(() -> generator(9).generate(context, wrong, _ -> {}))
          .isInstanceOf(IndexOutOfRangeException.class);
      assertThat(context.length()).isZero();
      assertThat(generator(9).generate(context, PROMPT, _ -> {}).tokens()).isEqualTo(9);
    }
  }

  /** As many calls take as much of the heap whether they give 20 tokens or 400. */
  @Test
  void tokensAllocateNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (TinyModel model = load(Precision.FLOAT32);
        Context context = context(model)) {
      Generator few = generator(20);
      Generator many = generator(400);
      long[] sum = {0};
      long[] bytes = new long[2];
      for (int i = 0; i < 120; i++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        Generation result =
            (i % 2 == 0 ? few : many)
                .generateTokens(context, PROMPT, token -> sum[0] += token, new Cancellation());
        bytes[i % 2] = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(result.tokens()).isEqualTo(i % 2 == 0 ? 20 : 400);
      }
      assertThat(bytes[1] - bytes[0]).isLessThan(380);
    }
  }
}
