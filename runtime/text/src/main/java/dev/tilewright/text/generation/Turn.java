package dev.tilewright.text.generation;

import dev.tilewright.text.LogitsProcessor;
import dev.tilewright.text.Sampler;
import dev.tilewright.text.SamplingOptions;
import dev.tilewright.text.Tokenizer;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * One generation without a model: takes logits, chooses tokens, and knows when it is over. Whoever
 * asks the model, for one sequence or for many at once, hands the logits in.
 */
final class Turn {
  private final Tokenizer tokenizer;
  private final GenerationOptions options;
  private final Output output;
  private final Cancellation cancellation;
  private final Sampler sampler;
  private final int promptTokens;
  private final long start = System.nanoTime();
  private final long limit;
  private int tokens;

  Turn(
      Tokenizer tokenizer,
      GenerationOptions options,
      int[] prompt,
      Output output,
      Cancellation cancellation) {
    this.tokenizer = tokenizer;
    this.options = options;
    this.output = output;
    this.cancellation = cancellation;
    limit = options.timeLimit().map(Turn::nanos).orElse(Long.MAX_VALUE);
    sampler = new Sampler(sampling(options));
    for (int id : prompt) {
      sampler.accept(id);
    }
    promptTokens = prompt.length;
  }

  private static long nanos(Duration time) {
    return time.compareTo(Duration.ofNanos(Long.MAX_VALUE)) < 0 ? time.toNanos() : Long.MAX_VALUE;
  }

  private static SamplingOptions sampling(GenerationOptions options) {
    if (options.constraints().isEmpty()) {
      return options.sampling();
    }
    return options
        .sampling()
        .withProcessors(
            Stream.concat(
                    options.sampling().processors().stream(),
                    options.constraints().stream().map(constraint -> constraint.get()))
                .toArray(LogitsProcessor[]::new));
  }

  /**
   * Chooses a token by the logits {@code [from, to)} and gives it out.
   *
   * @param room how many tokens more the context could take
   * @return why it is over, or null if the model shall read this token and go on
   */
  FinishReason take(float[] logits, int from, int to, int room) {
    int token = sampler.sample(logits, from, to);
    tokens++;
    if (tokenizer.endsAnswer(token)) {
      return FinishReason.END_OF_ANSWER;
    }
    output.accept(token);
    if (output.stopped()) {
      return FinishReason.STOP_SEQUENCE;
    }
    if (interrupted()) {
      return interruption();
    }
    if (tokens >= options.maxTokens()) {
      return FinishReason.TOKEN_LIMIT;
    }
    return room <= 0 ? FinishReason.CONTEXT_FULL : null;
  }

  /** The token that was chosen last. */
  int last() {
    return sampler.history().get(sampler.history().size() - 1);
  }

  /** Whether it was cancelled or its time is over. */
  boolean interrupted() {
    return interruption() != null;
  }

  /** Which of both, or null. */
  FinishReason interruption() {
    if (cancellation.isCancelled() || Thread.currentThread().isInterrupted()) {
      return FinishReason.CANCELLED;
    }
    return System.nanoTime() - start >= limit ? FinishReason.DEADLINE : null;
  }

  Generation result(FinishReason finish, int reused, long prefilled, Speculation speculation) {
    output.finish();
    long end = System.nanoTime();
    return new Generation(
        finish,
        promptTokens,
        reused,
        tokens,
        Duration.ofNanos(prefilled - start),
        Duration.ofNanos(end - prefilled),
        speculation);
  }
}
