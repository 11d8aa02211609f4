package dev.tilewright.text.generation;

import dev.tilewright.text.Tokenizer;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Writes what follows a prompt: reads of it what the context does not remember, then chooses token
 * after token until one of {@link FinishReason} is given. Afterwards the context remembers the
 * prompt and all tokens but the last, which nobody needed to read; the next prompt that begins so
 * goes on there.
 *
 * {@snippet :
 * Generator generator = new Generator(tokenizer, GenerationOptions.defaults().withMaxTokens(200));
 * int[] prompt = tokenizer.encode("Call me");
 * Generation answer = generator.generate(context, prompt, System.out::print);
 * }
 *
 * Immutable, and safe for use by several threads with a context each, if the processors in its
 * options and its draft are.
 */
public final class Generator {
  private final Tokenizer tokenizer;
  private final GenerationOptions options;
  private final Draft draft;
  private final TreeDraft tree;
  private final int guesses;

  /** A generator for models with the tokenizer's tokens. */
  public Generator(Tokenizer tokenizer, GenerationOptions options) {
    this(tokenizer, options, null, null, 0);
  }

  private Generator(
      Tokenizer tokenizer, GenerationOptions options, Draft draft, TreeDraft tree, int guesses) {
    this.tokenizer = tokenizer;
    this.options = options;
    this.draft = draft;
    this.tree = tree;
    this.guesses = guesses;
  }

  /**
   * A generator of the same texts, which reads guesses of several tokens in a call. The sessions
   * need an entry that gives the logits after each token.
   *
   * @param other what guesses
   * @param most how many tokens to guess at most, above 0; fewer while guesses fail
   * @throws IllegalArgumentException if {@code most} is not above 0
   */
  public Generator withDraft(Draft other, int most) {
    requireSome(most);
    return new Generator(tokenizer, options, Objects.requireNonNull(other), null, most);
  }

  /**
   * A generator of the same texts, which reads a tree of guesses in a call. The sessions need an
   * entry that reads trees.
   *
   * @param other what guesses
   * @param most how many tokens to guess at most, above 0
   * @throws IllegalArgumentException if {@code most} is not above 0
   */
  public Generator withTree(TreeDraft other, int most) {
    requireSome(most);
    return new Generator(tokenizer, options, null, Objects.requireNonNull(other), most);
  }

  private static void requireSome(int most) {
    if (most <= 0) {
      throw new IllegalArgumentException("%d tokens to guess; above 0 are wanted.".formatted(most));
    }
  }

  /** How texts are written. */
  public GenerationOptions options() {
    return options;
  }

  /** {@link #generate(Context, int[], Consumer, Cancellation)} without a cancellation. */
  public Generation generate(Context context, int[] prompt, Consumer<String> text) {
    return generate(context, prompt, text, new Cancellation());
  }

  /**
   * Writes what follows a prompt.
   *
   * @param prompt at least one token
   * @param text takes the text, piece by piece, in the calling thread; an exception of its ends the
   *     generation and leaves the context usable
   * @param cancellation ends it from another thread
   * @throws ContextOverflowException if the prompt does not fit; the context is as before
   * @throws IllegalArgumentException if the prompt is empty, or has tokens that there are not
   */
  public Generation generate(
      Context context, int[] prompt, Consumer<String> text, Cancellation cancellation) {
    return run(context, prompt, text(text), cancellation);
  }

  /**
   * Writes what follows a prompt as tokens, without the token that ends the answer. If there are no
   * stop sequences, nothing is decoded, and with greedy choice and a session that allocates nothing
   * for a token, neither does this.
   *
   * @param prompt at least one token
   * @param tokens takes the tokens, one by one, in the calling thread
   * @param cancellation ends it from another thread
   * @throws ContextOverflowException if the prompt does not fit; the context is as before
   * @throws IllegalArgumentException if the prompt is empty, or has tokens that there are not
   */
  public Generation generateTokens(
      Context context, int[] prompt, IntConsumer tokens, Cancellation cancellation) {
    return run(context, prompt, Output.of(tokenizer, options, tokens), cancellation);
  }

  private Output.Text text(Consumer<String> text) {
    return new Output.Text(tokenizer, options.stopSequences(), text);
  }

  private Generation run(Context context, int[] prompt, Output output, Cancellation cancellation) {
    if (prompt.length == 0) {
      throw new IllegalArgumentException(
          "The prompt has no token, so nothing says what follows. Begin with Tokenizer.bos().");
    }
    Turn turn = new Turn(tokenizer, options, prompt, output, cancellation);
    int reused = context.reusable(prompt, prompt.length, prompt.length - 1);
    float[] logits =
        context.read(prompt, prompt.length, options.prefillTokens(), turn::interrupted);
    long prefilled = System.nanoTime();
    FinishReason finish = logits.length == 0 ? turn.interruption() : null;
    if (finish == null) {
      finish = turn.take(logits, 0, logits.length, context.capacity() - context.length());
    }
    Speculation speculation = Speculation.NONE;
    if (draft != null && finish == null) {
      Verifier verifier = new Verifier(draft, guesses, prompt);
      finish = verifier.run(turn, context);
      speculation = verifier.result();
    }
    if (tree != null && finish == null) {
      TreeVerifier verifier = new TreeVerifier(tree, guesses, prompt);
      finish = verifier.run(turn, context);
      speculation = verifier.result();
    }
    int[] token = new int[1];
    while (finish == null) {
      token[0] = turn.last();
      logits = context.append(token, 0, 1);
      finish = turn.take(logits, 0, logits.length, context.capacity() - context.length());
    }
    return turn.result(finish, reused, prefilled, speculation);
  }
}
