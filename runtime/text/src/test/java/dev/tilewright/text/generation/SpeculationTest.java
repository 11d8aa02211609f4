package dev.tilewright.text.generation;

import static dev.tilewright.text.generation.Alphabet.TOKENIZER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.text.SamplingOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Guesses, right or wrong, change no token, no end, and not what the context remembers. */
class SpeculationTest {
  private static final int[] PROMPT = TOKENIZER.encode("Call me Ishmael. Call me");

  private record Written(List<Integer> tokens, FinishReason finish, List<Integer> remembered) {}

  private static Written write(Generator generator, Context context) {
    IntStream.Builder tokens = IntStream.builder();
    Generation result = generator.generateTokens(context, PROMPT, tokens::add, new Cancellation());
    return new Written(
        tokens.build().boxed().toList(),
        result.finish(),
        Arrays.stream(context.tokens()).boxed().toList());
  }

  @Test
  void guessesChangeNothing() {
    Random random = new Random(1);
    for (int round = 0; round < 400; round++) {
      int order = 1 + random.nextInt(3);
      long seed = random.nextLong();
      int capacity = PROMPT.length + 1 + random.nextInt(120);
      SamplingOptions sampling =
          SamplingOptions.greedy().withSeed(seed).withTemperature(round % 2 == 0 ? 0 : 0.3f);
      GenerationOptions options =
          GenerationOptions.defaults()
              .withSampling(sampling.withPenalties(1, round % 3 == 0 ? 0.1f : 0, 0, 20))
              .withMaxTokens(1 + random.nextInt(150));
      if (round % 5 == 0) {
        options = options.withStopSequences("a", "Zz", ",,");
      }
      Generator plain = new Generator(TOKENIZER, options);
      Written expected = write(plain, new Context(new HashSession(capacity, order, seed)));
      long other = round % 4 == 0 ? ~seed : seed;
      Draft noisy =
          (text, length, guess) -> {
            Arrays.setAll(guess, i -> random.nextInt(Alphabet.SIZE));
            return random.nextInt(guess.length + 1);
          };
      DraftModel model = new DraftModel(new Context(new HashSession(40 + round, order, other)));
      for (Draft draft : List.of(new PromptLookup(1, 3), new PromptLookup(2, 2), noisy, model)) {
        assertThat(
                write(
                    plain.withDraft(draft, 1 + random.nextInt(9)),
                    new Context(new HashSession(capacity, order, seed))))
            .as("round %d with %s", round, draft)
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void treesChangeNothing() {
    Random random = new Random(2);
    for (int round = 0; round < 300; round++) {
      int order = 1 + random.nextInt(3);
      long seed = random.nextLong();
      int capacity = PROMPT.length + 1 + random.nextInt(120);
      SamplingOptions sampling =
          SamplingOptions.greedy().withSeed(seed).withTemperature(round % 2 == 0 ? 0 : 0.3f);
      GenerationOptions options =
          GenerationOptions.defaults()
              .withSampling(sampling.withPenalties(1, round % 3 == 0 ? 0.1f : 0, 0, 20))
              .withMaxTokens(1 + random.nextInt(150));
      Generator plain = new Generator(TOKENIZER, options);
      Written expected = write(plain, new Context(new HashSession(capacity, order, seed)));
      TreeDraft noisy =
          (text, length, tree, node) -> {
            int[] nodes = new int[tree.room() + 1];
            nodes[0] = node;
            int count = 1;
            while (count < nodes.length && random.nextInt(12) > 0) {
              int at = nodes[random.nextInt(count)];
              nodes[count++] = tree.add(at, random.nextInt(Alphabet.SIZE));
            }
          };
      DraftModel model = new DraftModel(new Context(new HashSession(40 + round, order, seed)));
      for (TreeDraft draft : List.of(new PromptLookup(1, 3), noisy, model)) {
        assertThat(
                write(
                    plain.withTree(draft, 1 + random.nextInt(12)),
                    new Context(new HashSession(capacity, order, seed))))
            .as("round %d with %s", round, draft)
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void whatABranchSaidIsReadNext() {
    HashSession session = new HashSession(500, 2, 9);
    session.exact = true;
    DraftModel draft = new DraftModel(new Context(new HashSession(500, 2, 9)));
    // The right token stands second, and what follows it first.
    TreeDraft second =
        (text, length, tree, node) -> {
          int[] right = new int[2];
          draft.guess(text, length, right);
          tree.add(node, (right[0] + 1) % Alphabet.SIZE);
          tree.add(tree.add(node, right[0]), right[1]);
        };
    Generator generator =
        new Generator(TOKENIZER, GenerationOptions.defaults().withMaxTokens(91))
            .withTree(second, 6);
    Generation result = generator.generate(new Context(session), PROMPT, _ -> {});
    assertThat(result.tokens()).isEqualTo(91);
    // A call gives the two tokens that the last told, and one more, whose branch tells two.
    assertThat(result.speculation().calls()).isBetween(30, 32);
  }

  @Test
  void treesAreReadDepthFirst() {
    GuessTree tree = new GuessTree(6, 9);
    int a = tree.add(0, 1);
    int b = tree.add(0, 2);
    int c = tree.add(a, 3);
    assertThat(tree.add(0, 2)).isEqualTo(b);
    tree.add(b, 4);
    tree.add(a, 5);
    tree.add(c, 6);
    assertThat(tree.room()).isZero();
    assertThat(tree.add(c, 7)).isEqualTo(-1);
    GuessTree.Order order = tree.order();
    assertThat(order.tokens()).containsExactly(9, 1, 3, 6, 5, 2, 4);
    assertThat(order.depths()).containsExactly(0, 1, 2, 3, 2, 1, 2);
    assertThat(order.ends()).containsExactly(7, 5, 4, 4, 5, 7, 7);
  }

  @Test
  void lookUpFindsSeveralWays() {
    int[] text = {1, 2, 3, 9, 2, 3, 8, 4, 2, 3, 7, 1, 2, 3, 0, 0};
    GuessTree tree = new GuessTree(6, 3);
    new PromptLookup(1, 4).guess(text, 14, tree, 0);
    assertThat(tree.order().tokens()).containsExactly(3, 9, 2, 3, 7, 1, 8);
  }

  @Test
  void rightGuessesSaveCalls() {
    HashSession session = new HashSession(500, 2, 9);
    Context context = new Context(session);
    DraftModel draft = new DraftModel(new Context(new HashSession(500, 2, 9)));
    Generator generator =
        new Generator(TOKENIZER, GenerationOptions.defaults().withMaxTokens(101))
            .withDraft(draft, 4);
    Generation result = generator.generate(context, PROMPT, _ -> {});
    assertThat(result.tokens()).isEqualTo(101);
    assertThat(result.speculation()).isEqualTo(new Speculation(20, 80, 80));
    assertThat(result.speculation().acceptance()).isOne();
    assertThat(session.calls).isEqualTo(21);
  }

  @Test
  void lookUpFindsTheLongestAndLatest() {
    int[] text = {1, 2, 3, 9, 2, 3, 8, 4, 2, 3, 7, 1, 2, 3, 0, 0};
    int[] guess = new int[3];
    assertThat(new PromptLookup(1, 4).guess(text, 14, guess)).isEqualTo(3);
    assertThat(guess).containsExactly(9, 2, 3);
    assertThat(new PromptLookup(1, 2).guess(text, 14, guess)).isEqualTo(3);
    assertThat(guess).containsExactly(7, 1, 2);
    assertThat(new PromptLookup(4, 4).guess(text, 14, guess)).isZero();
    assertThat(new PromptLookup(1, 1).guess(new int[] {5, 5}, 2, guess)).isOne();
    assertThat(guess[0]).isEqualTo(5);
    assertThat(new PromptLookup(1, 1).guess(new int[] {5}, 1, guess)).isZero();
  }

  @Test
  void refusesWhatCannotBe() {
    assertThatThrownBy(() -> new PromptLookup(0, 2)).hasMessageContaining("above 0");
    assertThatThrownBy(() -> new PromptLookup(3, 2)).hasMessageContaining("not the greater");
    Generator generator = new Generator(TOKENIZER, GenerationOptions.defaults());
    assertThatThrownBy(() -> generator.withDraft(new PromptLookup(1, 2), 0))
        .hasMessageContaining("above 0");
  }
}
