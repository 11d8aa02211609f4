package dev.tilewright.examples.chat;

import dev.tilewright.Precision;
import dev.tilewright.examples.language.SmolLm2;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Session;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import dev.tilewright.text.ChatMessage;
import dev.tilewright.text.ChatTemplate;
import dev.tilewright.text.Tokenizer;
import dev.tilewright.text.generation.Cancellation;
import dev.tilewright.text.generation.CausalSession;
import dev.tilewright.text.generation.Context;
import dev.tilewright.text.generation.DraftModel;
import dev.tilewright.text.generation.Generation;
import dev.tilewright.text.generation.GenerationOptions;
import dev.tilewright.text.generation.Generator;
import dev.tilewright.text.generation.PromptLookup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Tokens a second with and without guesses, and that the tokens are the same. */
final class SpeculationFigures {
  private static final int TOKENS = 128;
  private static final int ROUNDS = 2;

  private record Way(String name, Generator generator) {}

  private static final String CODE =
      """
      class Point {
        final double x;
        final double y;

        Point(double x, double y) {
          this.x = x;
          this.y = y;
        }

        double distance(Point other) {
          double dx = x - other.x;
          double dy = y - other.y;
          return Math.sqrt(dx * dx + dy * dy);
        }
      }
      """;

  private static final Map<String, String> QUESTIONS =
      Map.of(
          "repeats",
          "Repeat this program, with a method toString added:\n" + CODE,
          "free",
          "Write a short story about a whale and a lighthouse.");

  private SpeculationFigures() {}

  /** Takes SmolLM2's GGUF file. */
  public static void main(String[] args) throws Exception {
    try (Weights weights = Weights.open(Path.of(args[0]));
        SmolLm2 narrow = load(weights, Precision.BFLOAT16);
        SmolLm2 exact = load(weights, Precision.FLOAT32)) {
      Tokenizer tokenizer = Tokenizer.of(weights);
      ChatTemplate template = ChatTemplate.of(weights);
      Generator plain =
          new Generator(tokenizer, GenerationOptions.defaults().withMaxTokens(TOKENS));
      for (Map.Entry<String, String> question : QUESTIONS.entrySet()) {
        int[] prompt =
            tokenizer.encode(
                template.render(List.of(new ChatMessage("user", question.getValue())), true),
                false,
                true);
        try (Context draft = context(narrow)) {
          Way lookup = new Way("look-up", plain.withDraft(new PromptLookup(2, 5), 8));
          Way model = new Way("draft", plain.withDraft(new DraftModel(draft), 5));
          Way none = new Way("plain", plain);
          Way lookupTree = new Way("look-up tree", plain.withTree(new PromptLookup(1, 5), 12));
          Way modelTree = new Way("draft tree", plain.withTree(new DraftModel(draft), 10));
          compare(question.getKey() + " bf16", narrow, prompt, List.of(none, lookup, lookupTree));
          compare(
              question.getKey() + " f32",
              exact,
              prompt,
              List.of(none, lookup, lookupTree, model, modelTree));
        }
      }
    }
  }

  private static SmolLm2 load(Weights weights, Precision precision) {
    return Tilewright.load(
        SmolLm2.class,
        weights,
        LoadOptions.defaults().withPrecision(precision).withReusedResults(true));
  }

  private static Context context(SmolLm2 model) {
    return new Context(
        CausalSession.of(Session.open(model), SmolLm2::next, SmolLm2::each, SmolLm2::tree));
  }

  private static void compare(String name, SmolLm2 model, int[] prompt, List<Way> ways) {
    List<Integer> expected = new ArrayList<>();
    try (Context context = context(model)) {
      for (int round = 0; round < ROUNDS; round++) {
        for (Way way : ways) {
          List<Integer> tokens = new ArrayList<>();
          Generation result =
              way.generator().generateTokens(context, prompt, tokens::add, new Cancellation());
          if (expected.isEmpty()) {
            expected.addAll(tokens);
          }
          System.out.printf(
              "%-13s %-12s %3d tokens, %6.1f a second, %3d calls, %3d of %3d guesses right, %s%n",
              name,
              way.name(),
              tokens.size(),
              result.tokensPerSecond(),
              result.speculation().calls(),
              result.speculation().accepted(),
              result.speculation().guessed(),
              tokens.equals(expected) ? "the same tokens" : "OTHER TOKENS");
        }
      }
    }
  }
}
