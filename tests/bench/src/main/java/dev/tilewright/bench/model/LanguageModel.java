package dev.tilewright.bench.model;

import dev.tilewright.CompiledModel;
import dev.tilewright.Tensor;
import dev.tilewright.examples.language.Gemma3Small;
import dev.tilewright.examples.language.SmolLm2;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * A declared language model.
 *
 * @param name what tables call it
 * @param next reads words {@code [1, S]} in a session
 * @param together the same of several sessions, if it has an entry for that
 * @param context how many a session holds
 * @param words of its vocabulary
 */
public record LanguageModel<M extends CompiledModel>(
    String name,
    Class<M> type,
    BiFunction<M, Tensor, Tensor> next,
    Optional<BiFunction<M, Tensor, Tensor>> together,
    int context,
    int words) {
  public static final LanguageModel<SmolLm2> SMOLLM2 =
      new LanguageModel<>(
          "SmolLM2",
          SmolLm2.class,
          SmolLm2::next,
          Optional.of(SmolLm2::together),
          SmolLm2.CONTEXT,
          49152);

  public static final LanguageModel<Gemma3Small> GEMMA3 =
      new LanguageModel<>(
          "Gemma3",
          Gemma3Small.class,
          Gemma3Small::next,
          Optional.empty(),
          Gemma3Small.CONTEXT,
          262144);

  public static final LanguageModel<BillionLlama> BILLION =
      new LanguageModel<>(
          "Llama-1B",
          BillionLlama.class,
          BillionLlama::next,
          Optional.of(BillionLlama::together),
          BillionLlama.CONTEXT,
          BillionLlama.WORDS);

  /** The model of that name. */
  public static LanguageModel<?> named(String name) {
    return Stream.of(SMOLLM2, GEMMA3, BILLION)
        .filter(model -> model.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
