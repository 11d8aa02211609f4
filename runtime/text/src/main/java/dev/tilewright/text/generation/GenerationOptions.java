package dev.tilewright.text.generation;

import dev.tilewright.text.LogitsProcessor;
import dev.tilewright.text.SamplingOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How a text is written.
 *
 * {@snippet :
 * GenerationOptions options =
 *     GenerationOptions.defaults()
 *         .withMaxTokens(200)
 *         .withStopSequences("\nUser:")
 *         .withTimeLimit(Duration.ofSeconds(5));
 * }
 *
 * @param sampling how tokens are chosen
 * @param constraints what gives, for each text anew, a processor that comes after those of {@code
 *     sampling}
 * @param maxTokens how many tokens at most, above 0
 * @param stopSequences texts at which it ends
 * @param timeLimit how long it may take at most, the reading of the prompt included; a call of the
 *     model that has begun is not broken off
 * @param prefillTokens how many tokens of a prompt are read in a call; between calls, time and
 *     cancellation are looked at
 */
public record GenerationOptions(
    SamplingOptions sampling,
    List<Supplier<? extends LogitsProcessor>> constraints,
    int maxTokens,
    List<String> stopSequences,
    Optional<Duration> timeLimit,
    int prefillTokens) {
  private static final GenerationOptions DEFAULTS =
      new GenerationOptions(
          SamplingOptions.greedy(), List.of(), Integer.MAX_VALUE, List.of(), Optional.empty(), 512);

  /**
   * @throws IllegalArgumentException if a number or the time is not above 0, or a stop sequence is
   *     empty
   */
  public GenerationOptions {
    constraints = List.copyOf(constraints);
    stopSequences = List.copyOf(stopSequences);
    above0(maxTokens, "maxTokens");
    above0(prefillTokens, "prefillTokens");
    if (timeLimit.isPresent() && !timeLimit.get().isPositive()) {
      throw new IllegalArgumentException(
          "timeLimit must be above 0, not %s.".formatted(timeLimit.get()));
    }
    if (stopSequences.contains("")) {
      throw new IllegalArgumentException("A stop sequence is empty, which would stop at once.");
    }
  }

  private static void above0(int number, String name) {
    if (number <= 0) {
      throw new IllegalArgumentException("%s must be above 0, not %d.".formatted(name, number));
    }
  }

  /** Greedy, until the model ends or the context is full. */
  public static GenerationOptions defaults() {
    return DEFAULTS;
  }

  /** Another choice of tokens. */
  public GenerationOptions withSampling(SamplingOptions other) {
    return new GenerationOptions(
        other, constraints, maxTokens, stopSequences, timeLimit, prefillTokens);
  }

  /** One more constraint, such as a grammar. */
  public GenerationOptions withConstraint(Supplier<? extends LogitsProcessor> constraint) {
    List<Supplier<? extends LogitsProcessor>> all = new ArrayList<>(constraints);
    all.add(constraint);
    return new GenerationOptions(sampling, all, maxTokens, stopSequences, timeLimit, prefillTokens);
  }

  /** Another number of tokens at most. */
  public GenerationOptions withMaxTokens(int other) {
    return new GenerationOptions(
        sampling, constraints, other, stopSequences, timeLimit, prefillTokens);
  }

  /** Other stop sequences. */
  public GenerationOptions withStopSequences(String... others) {
    return new GenerationOptions(
        sampling, constraints, maxTokens, List.of(others), timeLimit, prefillTokens);
  }

  /** Another time at most. */
  public GenerationOptions withTimeLimit(Duration other) {
    return new GenerationOptions(
        sampling, constraints, maxTokens, stopSequences, Optional.of(other), prefillTokens);
  }

  /** Another number of the prompt's tokens in a call. */
  public GenerationOptions withPrefillTokens(int other) {
    return new GenerationOptions(sampling, constraints, maxTokens, stopSequences, timeLimit, other);
  }
}
