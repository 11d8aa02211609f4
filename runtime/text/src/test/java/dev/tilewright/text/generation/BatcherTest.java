package dev.tilewright.text.generation;

import static dev.tilewright.text.generation.Alphabet.TOKENIZER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.text.SamplingOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Many texts at once are those that are written one by one. */
class BatcherTest {
  private static final int CAPACITY = 90;

  /** Sessions that need no model. */
  private static final class Hashes implements CausalBatch {
    final List<HashSession> opened = new ArrayList<>();
    int calls;
    int mostTokens;

    @Override
    public CausalSession open() {
      opened.add(new HashSession(CAPACITY, 3, 4));
      return opened.getLast();
    }

    @Override
    public float[] next(List<CausalSession> sessions, int[] tokens, int[] lengths) {
      assertThat(new HashSet<>(sessions)).hasSameSizeAs(sessions);
      calls++;
      float[] rows = new float[sessions.size() * Alphabet.SIZE];
      int at = 0;
      for (int i = 0; i < sessions.size(); i++) {
        float[] row = sessions.get(i).next(tokens, at, at + lengths[i]);
        System.arraycopy(row, 0, rows, i * Alphabet.SIZE, Alphabet.SIZE);
        at += lengths[i];
      }
      mostTokens = Math.max(mostTokens, at);
      return rows;
    }
  }

  private record Asked(
      int[] prompt,
      GenerationOptions options,
      StringBuilder text,
      CompletableFuture<Generation> result) {}

  private static GenerationOptions options(Random random) {
    SamplingOptions sampling = SamplingOptions.greedy();
    if (random.nextBoolean()) {
      sampling = sampling.withTemperature(0.8f).withSeed(random.nextInt());
    }
    GenerationOptions options =
        GenerationOptions.defaults()
            .withSampling(sampling)
            .withMaxTokens(1 + random.nextInt(60))
            .withPrefillTokens(1 + random.nextInt(20));
    return random.nextInt(3) == 0 ? options.withStopSequences("a", "me") : options;
  }

  @Test
  void eachTextIsTheOneThatIsWrittenAlone() {
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      Hashes hashes = new Hashes();
      int most = 1 + random.nextInt(6);
      int stepTokens = most + random.nextInt(12);
      List<Asked> all = new ArrayList<>();
      try (Batcher batcher = new Batcher(hashes, TOKENIZER, most, stepTokens)) {
        boolean more = true;
        while (more || all.size() < 12) {
          for (int i = random.nextInt(3); i > 0 && all.size() < 12; i--) {
            int[] prompt = TOKENIZER.encode("Call me Ishmael. Some".substring(random.nextInt(18)));
            GenerationOptions options = options(random);
            StringBuilder text = new StringBuilder();
            all.add(
                new Asked(
                    prompt,
                    options,
                    text,
                    batcher.submit(prompt, options, text::append, new Cancellation())));
          }
          more = batcher.step();
        }
      }
      assertThat(hashes.mostTokens).isLessThanOrEqualTo(stepTokens);
      assertThat(hashes.opened).hasSize(12).allMatch(session -> session.closed);
      for (Asked asked : all) {
        StringBuilder expected = new StringBuilder();
        Generation alone =
            new Generator(TOKENIZER, asked.options())
                .generate(
                    new Context(new HashSession(CAPACITY, 3, 4)), asked.prompt(), expected::append);
        Generation together = asked.result().join();
        assertThat(asked.text().toString()).isEqualTo(expected.toString());
        assertThat(together.finish()).isEqualTo(alone.finish());
        assertThat(together.tokens()).isEqualTo(alone.tokens());
        assertThat(together.promptTokens()).isEqualTo(alone.promptTokens());
      }
    }
  }

  @Test
  void textsShareCalls() {
    Hashes hashes = new Hashes();
    GenerationOptions options = GenerationOptions.defaults().withMaxTokens(20);
    try (Batcher batcher = new Batcher(hashes, TOKENIZER)) {
      for (int i = 0; i < 5; i++) {
        var _ =
            batcher.submitTokens(
                TOKENIZER.encode("Call me" + "!".repeat(i)), options, _ -> {}, new Cancellation());
      }
      batcher.run();
    }
    assertThat(hashes.calls).isEqualTo(20);
  }

  @Test
  void oneTextsFaultIsNotTheOthers() {
    Hashes hashes = new Hashes();
    GenerationOptions options = GenerationOptions.defaults().withMaxTokens(20);
    int[] prompt = TOKENIZER.encode("Call me");
    try (Batcher batcher = new Batcher(hashes, TOKENIZER)) {
      var good = batcher.submitTokens(prompt, options, _ -> {}, new Cancellation());
      var thrown =
          batcher.submitTokens(
              prompt,
              options,
              _ -> {
                throw new IllegalStateException("no more");
              },
              new Cancellation());
      var long1 = batcher.submitTokens(new int[CAPACITY + 1], options, _ -> {}, new Cancellation());
      Cancellation cancellation = new Cancellation();
      var cancelled = batcher.submitTokens(prompt, options, _ -> {}, cancellation);
      batcher.step();
      cancellation.cancel();
      batcher.run();
      assertThat(good.join().tokens()).isEqualTo(20);
      assertThat(cancelled.join().finish()).isEqualTo(FinishReason.CANCELLED);
      assertThatThrownBy(thrown::join).hasRootCauseMessage("no more");
      assertThatThrownBy(long1::join)
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(ContextOverflowException.class);
      assertThatThrownBy(() -> batcher.submitTokens(new int[0], options, _ -> {}, cancellation))
          .isInstanceOf(IllegalArgumentException.class);
    }
    Batcher closing = new Batcher(hashes, TOKENIZER);
    var open = closing.submitTokens(prompt, options, _ -> {}, new Cancellation());
    closing.step();
    closing.close();
    assertThatThrownBy(open::join).isInstanceOf(CancellationException.class);
    assertThatThrownBy(() -> closing.submitTokens(prompt, options, _ -> {}, new Cancellation()))
        .isInstanceOf(IllegalStateException.class);
    assertThat(hashes.opened).allMatch(session -> session.closed);
    assertThatThrownBy(() -> new Batcher(hashes, TOKENIZER, 4, 3))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
