package dev.tilewright.text.generation;

import static dev.tilewright.text.generation.Alphabet.TOKENIZER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.tilewright.text.SamplingOptions;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Texts that a model of few words writes, and how they end. */
class GeneratorTest {
  private static final GenerationOptions OPTIONS = GenerationOptions.defaults();
  private static final int[] PROMPT = TOKENIZER.encode("Call me");

  private static Context context(int capacity) {
    return new Context(new HashSession(capacity, 3, 4));
  }

  private static Generator generator(GenerationOptions options) {
    return new Generator(TOKENIZER, options);
  }

  /** What follows the prompt, as a loop without any of this would write it. */
  private static int[] plain(int count) {
    HashSession session = new HashSession(4096, 3, 4);
    float[] logits = session.next(PROMPT, 0, PROMPT.length);
    int[] tokens = new int[count];
    for (int i = 0; i < count; i++) {
      float[] row = logits;
      tokens[i] =
          IntStream.range(0, row.length).reduce((a, b) -> row[b] > row[a] ? b : a).getAsInt();
      logits = session.next(tokens, i, i + 1);
    }
    return tokens;
  }

  private static int[] tokens(GenerationOptions options, Context context) {
    IntStream.Builder tokens = IntStream.builder();
    generator(options).generateTokens(context, PROMPT, tokens::add, new Cancellation());
    return tokens.build().toArray();
  }

  @Test
  void writesTheMostProbableTokens() {
    int[] expected = plain(60);
    assertThat(expected).doesNotContain(Alphabet.END);
    for (int prefill : new int[] {1, 2, 3, 512}) {
      GenerationOptions options = OPTIONS.withMaxTokens(60).withPrefillTokens(prefill);
      assertThat(tokens(options, context(200))).isEqualTo(expected);
      StringBuilder text = new StringBuilder();
      Context context = context(200);
      Generation result = generator(options).generate(context, PROMPT, text::append);
      assertThat(text.toString()).isEqualTo(TOKENIZER.decode(expected));
      assertThat(result.finish()).isEqualTo(FinishReason.TOKEN_LIMIT);
      assertThat(result.tokens()).isEqualTo(60);
      assertThat(result.promptTokens()).isEqualTo(PROMPT.length);
      assertThat(context.tokens())
          .isEqualTo(
              IntStream.concat(Arrays.stream(PROMPT), Arrays.stream(expected, 0, 59)).toArray());
    }
  }

  @Test
  void readsWhatIsNew() {
    HashSession session = new HashSession(300, 3, 4);
    Context context = new Context(session);
    tokens(OPTIONS.withMaxTokens(30), context);
    int[] longer = Arrays.copyOf(context.tokens(), context.length() + 5);
    session.calls = 0;
    Generation result = generator(OPTIONS.withMaxTokens(1)).generate(context, longer, _ -> {});
    assertThat(result.reusedTokens()).isEqualTo(longer.length - 5);
    assertThat(session.calls).isOne();
    assertThat(generator(OPTIONS.withMaxTokens(1)).generate(context, longer, _ -> {}))
        .returns(longer.length - 1, Generation::reusedTokens);
    assertThat(tokens(OPTIONS.withMaxTokens(30), context)).isEqualTo(plain(30));
    Context fork = context.fork();
    fork.truncate(3);
    assertThat(fork.tokens()).isEqualTo(Arrays.copyOf(PROMPT, 3));
    assertThat(context.length()).isEqualTo(PROMPT.length + 29);
  }

  @Test
  void endsAtAStopSequence() {
    String text = TOKENIZER.decode(plain(40));
    GenerationOptions options = OPTIONS.withStopSequences("never", text.substring(20, 23));
    StringBuilder heard = new StringBuilder();
    Generation result = generator(options).generate(context(200), PROMPT, heard::append);
    assertThat(result.finish()).isEqualTo(FinishReason.STOP_SEQUENCE);
    assertThat(heard.toString()).isEqualTo(text.substring(0, 20));
    assertThat(result.tokens()).isEqualTo(23);
    assertThat(tokens(options, context(200))).isEqualTo(plain(23));
  }

  @Test
  void endsWithTheAnswer() {
    GenerationOptions options =
        OPTIONS.withConstraint(
            () ->
                (logits, history) ->
                    logits[Alphabet.END] = history.size() == PROMPT.length + 7 ? 99 : 0);
    StringBuilder heard = new StringBuilder();
    Generation result = generator(options).generate(context(200), PROMPT, heard::append);
    assertThat(result.finish()).isEqualTo(FinishReason.END_OF_ANSWER);
    assertThat(result.tokens()).isEqualTo(8);
    assertThat(heard.toString()).isEqualTo(TOKENIZER.decode(plain(7)));
  }

  @Test
  void endsWithTheContext() {
    Context context = context(20);
    Generation result = generator(OPTIONS).generate(context, PROMPT, _ -> {});
    assertThat(result.finish()).isEqualTo(FinishReason.CONTEXT_FULL);
    assertThat(result.tokens()).isEqualTo(21 - PROMPT.length);
    assertThat(context.length()).isEqualTo(20);
    assertThatThrownBy(() -> generator(OPTIONS).generate(context, new int[21], _ -> {}))
        .isInstanceOfSatisfying(
            ContextOverflowException.class,
            e -> assertThat(e.length() * 100 + e.capacity()).isEqualTo(2120))
        .hasMessageContaining("21 tokens, of which 20 fit");
    assertThat(context.length()).isEqualTo(20);
    assertThatThrownBy(() -> context.append(PROMPT, 0, 1))
        .isInstanceOf(ContextOverflowException.class);
    assertThatThrownBy(() -> generator(OPTIONS).generate(context, new int[0], _ -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no token");
  }

  @Test
  void isCancelledByAnotherThread() throws InterruptedException {
    Cancellation cancellation = new Cancellation();
    Thread other = new Thread(cancellation::cancel);
    int[] count = {0};
    IntConsumer tokens =
        _ -> {
          if (++count[0] == 5) {
            other.start();
            join(other);
          }
        };
    Context context = context(200);
    Generation result = generator(OPTIONS).generateTokens(context, PROMPT, tokens, cancellation);
    assertThat(result.finish()).isEqualTo(FinishReason.CANCELLED);
    assertThat(result.tokens()).isEqualTo(5);
    assertThat(generator(OPTIONS).generate(context(9), PROMPT, _ -> {}, cancellation))
        .returns(FinishReason.CANCELLED, Generation::finish)
        .returns(0, Generation::tokens);
    assertThat(tokens(OPTIONS.withMaxTokens(30), context)).isEqualTo(plain(30));
    Thread.currentThread().interrupt();
    assertThat(generator(OPTIONS).generate(context, PROMPT, _ -> {}).finish())
        .isEqualTo(FinishReason.CANCELLED);
    assertThat(Thread.interrupted()).isTrue();
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void endsInTime() {
    GenerationOptions options = OPTIONS.withTimeLimit(Duration.ofMillis(20));
    long start = System.nanoTime();
    Generation result =
        generator(options)
            .generateTokens(
                context(10_000), PROMPT, _ -> join(Duration.ofMillis(1)), new Cancellation());
    assertThat(result.finish()).isEqualTo(FinishReason.DEADLINE);
    assertThat(System.nanoTime() - start).isBetween(20_000_000L, 5_000_000_000L);
    assertThat(result.prefill().plus(result.decoding())).isGreaterThan(Duration.ofMillis(19));
  }

  private static void join(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aListenerMayFail() {
    Context context = context(200);
    assertThatThrownBy(
            () ->
                generator(OPTIONS)
                    .generate(
                        context,
                        PROMPT,
                        _ -> {
                          throw new IllegalStateException("enough");
                        }))
        .hasMessage("enough");
    assertThat(tokens(OPTIONS.withMaxTokens(30), context)).isEqualTo(plain(30));
  }

  @Test
  void sampledTextsRepeatBySeed() {
    SamplingOptions warm = SamplingOptions.greedy().withTemperature(1).withTopP(0.9f).withSeed(7);
    GenerationOptions options = OPTIONS.withSampling(warm).withMaxTokens(40);
    int[] first = tokens(options, context(200));
    assertThat(tokens(options, context(200))).isEqualTo(first);
    assertThat(tokens(options.withSampling(warm.withSeed(8)), context(200))).isNotEqualTo(first);
  }

  @Test
  void refusesWrongOptions() {
    assertThatThrownBy(() -> OPTIONS.withMaxTokens(0)).hasMessageContaining("maxTokens");
    assertThatThrownBy(() -> OPTIONS.withPrefillTokens(0)).hasMessageContaining("prefillTokens");
    assertThatThrownBy(() -> OPTIONS.withTimeLimit(Duration.ZERO)).hasMessageContaining("PT0S");
    assertThatThrownBy(() -> OPTIONS.withStopSequences("a", "")).hasMessageContaining("empty");
    HashSession read = new HashSession(9, 1, 1);
    read.next(PROMPT, 0, 2);
    assertThatThrownBy(() -> new Context(read)).hasMessageContaining("has read 2 tokens");
  }

  /** Eight hundred greedy tokens more take not a byte each. */
  @Test
  void tokensAllocateNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Context context = context(1000);
    Cancellation cancellation = new Cancellation();
    long[] sum = {0};
    long[] bytes = new long[2];
    for (int i = 0; i < 6; i++) {
      Generator generator = generator(OPTIONS.withMaxTokens(i % 2 == 0 ? 100 : 900));
      long before = threads.getCurrentThreadAllocatedBytes();
      generator.generateTokens(context, PROMPT, token -> sum[0] += token, cancellation);
      bytes[i % 2] = threads.getCurrentThreadAllocatedBytes() - before;
    }
    assertThat(sum[0]).isPositive();
    assertThat(bytes[1] - bytes[0]).isLessThan(800);
  }
}
