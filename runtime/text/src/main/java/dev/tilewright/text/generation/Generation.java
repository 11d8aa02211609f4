package dev.tilewright.text.generation;

import java.time.Duration;

/**
 * How a generation went.
 *
 * @param finish why it ended
 * @param promptTokens how many tokens the prompt has
 * @param reusedTokens how many of them the context remembered already
 * @param tokens how many tokens were given, a token that ends the answer included
 * @param prefill how long it took to read the prompt
 * @param decoding how long it took from then to the end
 * @param speculation how guesses went
 */
public record Generation(
    FinishReason finish,
    int promptTokens,
    int reusedTokens,
    int tokens,
    Duration prefill,
    Duration decoding,
    Speculation speculation) {
  /** How many tokens a second came after the first, or 0 if there was but one. */
  public double tokensPerSecond() {
    return tokens < 2 ? 0 : (tokens - 1) / (decoding.toNanos() / 1e9);
  }
}
