package dev.tilewright.text;

import java.util.List;

/**
 * How a token is chosen from logits. The steps, in this order, and each is off by its neutral
 * value:
 *
 * <ol>
 *   <li>The processors change the logits, in the order given.
 *   <li>Penalties for the tokens among the last {@code penaltyWindow} ones, where a token stands n
 *       times: {@code l = l > 0 ? l / repetitionPenalty : l * repetitionPenalty}, then {@code l -=
 *       n * frequencyPenalty + presencePenalty}.
 *   <li>Only the {@code topK} greatest logits stay.
 *   <li>Of these, only the fewest whose probabilities sum to at least {@code topP} stay, the
 *       greatest first.
 *   <li>Of these, only those of at least {@code minP} times the greatest probability stay.
 *   <li>Of these, one is drawn by {@code softmax(l / temperature)}; at temperature 0 the greatest
 *       is taken. Of equal logits the token of the least id comes first.
 * </ol>
 *
 * {@snippet :
 * SamplingOptions options = SamplingOptions.greedy().withTemperature(0.7f).withTopP(0.9f);
 * }
 *
 * @param temperature 0 or more; 0 is greedy
 * @param topK how many tokens stay, or 0 for all
 * @param topP above 0, up to 1; 1 for all
 * @param minP 0 up to 1; 0 for all
 * @param repetitionPenalty above 0; 1 for none
 * @param frequencyPenalty 0 for none
 * @param presencePenalty 0 for none
 * @param penaltyWindow how many tokens back are penalised, or 0 for all
 * @param seed where the random numbers start
 * @param processors what changes the logits first
 */
public record SamplingOptions(
    float temperature,
    int topK,
    float topP,
    float minP,
    float repetitionPenalty,
    float frequencyPenalty,
    float presencePenalty,
    int penaltyWindow,
    long seed,
    List<LogitsProcessor> processors) {
  private static final SamplingOptions GREEDY =
      new SamplingOptions(0, 0, 1, 0, 1, 0, 0, 64, 0, List.of());

  /**
   * @throws IllegalArgumentException if a number is outside its range
   */
  public SamplingOptions {
    check(temperature >= 0 && Float.isFinite(temperature), "temperature", "0 or more", temperature);
    check(topK >= 0, "topK", "0 or more", topK);
    check(topP > 0 && topP <= 1, "topP", "above 0, up to 1", topP);
    check(minP >= 0 && minP <= 1, "minP", "0 to 1", minP);
    check(
        repetitionPenalty > 0 && Float.isFinite(repetitionPenalty),
        "repetitionPenalty",
        "above 0",
        repetitionPenalty);
    check(Float.isFinite(frequencyPenalty), "frequencyPenalty", "finite", frequencyPenalty);
    check(Float.isFinite(presencePenalty), "presencePenalty", "finite", presencePenalty);
    check(penaltyWindow >= 0, "penaltyWindow", "0 or more", penaltyWindow);
    processors = List.copyOf(processors);
  }

  /** The most probable token, always; penalties and limits are off. */
  public static SamplingOptions greedy() {
    return GREEDY;
  }

  /** Another temperature. */
  public SamplingOptions withTemperature(float other) {
    return new SamplingOptions(
        other,
        topK,
        topP,
        minP,
        repetitionPenalty,
        frequencyPenalty,
        presencePenalty,
        penaltyWindow,
        seed,
        processors);
  }

  /** Another number of tokens that stay. */
  public SamplingOptions withTopK(int other) {
    return new SamplingOptions(
        temperature,
        other,
        topP,
        minP,
        repetitionPenalty,
        frequencyPenalty,
        presencePenalty,
        penaltyWindow,
        seed,
        processors);
  }

  /** Another sum of probabilities that stays. */
  public SamplingOptions withTopP(float other) {
    return new SamplingOptions(
        temperature,
        topK,
        other,
        minP,
        repetitionPenalty,
        frequencyPenalty,
        presencePenalty,
        penaltyWindow,
        seed,
        processors);
  }

  /** Another least part of the greatest probability. */
  public SamplingOptions withMinP(float other) {
    return new SamplingOptions(
        temperature,
        topK,
        topP,
        other,
        repetitionPenalty,
        frequencyPenalty,
        presencePenalty,
        penaltyWindow,
        seed,
        processors);
  }

  /** Other penalties, over the last {@code window} tokens. */
  public SamplingOptions withPenalties(
      float repetition, float frequency, float presence, int window) {
    return new SamplingOptions(
        temperature, topK, topP, minP, repetition, frequency, presence, window, seed, processors);
  }

  /** Another seed. */
  public SamplingOptions withSeed(long other) {
    return new SamplingOptions(
        temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        frequencyPenalty,
        presencePenalty,
        penaltyWindow,
        other,
        processors);
  }

  /** Other processors. */
  public SamplingOptions withProcessors(LogitsProcessor... others) {
    return new SamplingOptions(
        temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        frequencyPenalty,
        presencePenalty,
        penaltyWindow,
        seed,
        List.of(others));
  }

  private static void check(boolean holds, String name, String range, Number value) {
    if (!holds) {
      throw new IllegalArgumentException("%s must be %s, not %s.".formatted(name, range, value));
    }
  }

  boolean penalises() {
    return repetitionPenalty != 1 || frequencyPenalty != 0 || presencePenalty != 0;
  }
}
