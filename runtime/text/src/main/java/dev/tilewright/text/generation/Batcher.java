package dev.tilewright.text.generation;

import dev.tilewright.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Writes many texts at once, a token of each in a call of the model (continuous batching): whoever
 * comes joins at the next step, and whoever is done leaves. Prompts are read in pieces beside the
 * tokens of others (<a href="https://arxiv.org/abs/2308.16369">Sarathi, Agrawal et al.</a>), so
 * that a long one does not make others wait. Each text is the one that {@link Generator} would
 * write.
 *
 * {@snippet :
 * try (Batcher batcher = new Batcher(CausalBatch.of(model, SmolLm2::together), tokenizer)) {
 *   for (String question : questions) {
 *     batcher.submit(tokenizer.encode(question), options, System.out::print, new Cancellation());
 *   }
 *   batcher.run();
 * }
 * }
 *
 * Any thread may submit texts. Steps, and with them callbacks, are one thread's.
 */
public final class Batcher implements AutoCloseable {
  /** How many texts are written at once, if nothing else is said. */
  public static final int MOST_TEXTS = 64;

  /** How many tokens a call reads, if nothing else is said, and there are not more texts. */
  public static final int STEP_TOKENS = 256;

  private final CausalBatch batch;
  private final Tokenizer tokenizer;
  private final int mostTexts;
  private final int[] tokens;
  private final int[] lengths;
  private final Queue<Stream> waiting = new ConcurrentLinkedQueue<>();
  private final List<Stream> active = new ArrayList<>();
  private final List<Stream> present = new ArrayList<>();
  private final List<CausalSession> sessions = new ArrayList<>();
  private volatile boolean closed;

  /** A batcher for a model with the tokenizer's tokens. */
  public Batcher(CausalBatch batch, Tokenizer tokenizer) {
    this(batch, tokenizer, MOST_TEXTS, STEP_TOKENS);
  }

  /**
   * A batcher for a model with the tokenizer's tokens.
   *
   * @param mostTexts how many texts are written at once; others wait
   * @param stepTokens how many tokens a call reads; what texts that are being written leave of them
   *     is for prompts
   * @throws IllegalArgumentException if there is to be no text, or fewer tokens than texts
   */
  public Batcher(CausalBatch batch, Tokenizer tokenizer, int mostTexts, int stepTokens) {
    if (mostTexts < 1 || stepTokens < mostTexts) {
      throw new IllegalArgumentException(
          "%d texts at once of %d tokens in a step; at least one text is wanted, and a token for each."
              .formatted(mostTexts, stepTokens));
    }
    this.batch = batch;
    this.tokenizer = tokenizer;
    this.mostTexts = mostTexts;
    tokens = new int[stepTokens];
    lengths = new int[mostTexts];
  }

  /**
   * Asks for what follows a prompt.
   *
   * @param prompt at least one token
   * @param text takes the text, piece by piece, in the thread that steps; an exception of its ends
   *     this text alone
   * @param cancellation ends it from another thread
   * @return how it went, once it is over; or a {@link ContextOverflowException}, if the prompt does
   *     not fit
   * @throws IllegalArgumentException if the prompt is empty, or has tokens that there are not
   * @throws IllegalStateException if the batcher was closed
   */
  public CompletableFuture<Generation> submit(
      int[] prompt, GenerationOptions options, Consumer<String> text, Cancellation cancellation) {
    Output output = new Output.Text(tokenizer, options.stopSequences(), text);
    return submit(prompt, options, output, cancellation);
  }

  /**
   * Asks for the tokens that follow a prompt, without the one that ends the answer.
   *
   * @param prompt at least one token
   * @param next takes the tokens, one by one, in the thread that steps
   * @param cancellation ends it from another thread
   * @return as {@link #submit(int[], GenerationOptions, Consumer, Cancellation)}
   */
  public CompletableFuture<Generation> submitTokens(
      int[] prompt, GenerationOptions options, IntConsumer next, Cancellation cancellation) {
    return submit(prompt, options, Output.of(tokenizer, options, next), cancellation);
  }

  private CompletableFuture<Generation> submit(
      int[] prompt, GenerationOptions options, Output output, Cancellation cancellation) {
    if (prompt.length == 0) {
      throw new IllegalArgumentException(
          "The prompt has no token, so nothing says what follows. Begin with Tokenizer.bos().");
    }
    Turn turn = new Turn(tokenizer, options, prompt, output, cancellation);
    Stream stream = new Stream(turn, prompt.clone(), options.prefillTokens());
    if (closed) {
      throw new IllegalStateException("The batcher was closed.");
    }
    waiting.add(stream);
    return stream.result;
  }

  /** Steps until all texts are over, those that come meanwhile, too. */
  public void run() {
    while (step()) {}
  }

  /**
   * One call of the model, for all texts that are being written and prompts that are being read.
   *
   * @return whether there is more to do
   */
  public boolean step() {
    admit();
    for (int i = active.size() - 1; i >= 0; i--) {
      if (!active.get(i).goesOn()) {
        active.remove(i);
      }
    }
    int count = gather(false, 0);
    gather(true, count);
    if (!present.isEmpty()) {
      call();
    }
    return !active.isEmpty() || !waiting.isEmpty();
  }

  private void admit() {
    while (active.size() < mostTexts && !waiting.isEmpty()) {
      Stream stream = waiting.remove();
      try {
        stream.start(batch);
        active.add(stream);
      } catch (RuntimeException e) {
        stream.fail(e);
      }
    }
  }

  /**
   * Puts texts, or else prompts, behind the first tokens of the step; answers how many there are.
   */
  private int gather(boolean prompts, int first) {
    int count = first;
    for (int i = 0; i < active.size() && count < tokens.length; i++) {
      Stream stream = active.get(i);
      if (stream.isPrefilling() == prompts) {
        int own = stream.next(tokens, count, tokens.length - count);
        lengths[present.size()] = own;
        present.add(stream);
        sessions.add(stream.session());
        count += own;
      }
    }
    return count;
  }

  private void call() {
    try {
      float[] logits = batch.next(sessions, tokens, lengths);
      int width = logits.length / present.size();
      for (int i = 0; i < present.size(); i++) {
        if (!present.get(i).take(lengths[i], logits, i * width, (i + 1) * width)) {
          active.remove(present.get(i));
        }
      }
    } catch (RuntimeException e) {
      // Nobody knows whose fault it is, and none has read anything.
      present.forEach(stream -> stream.fail(e));
      active.removeAll(present);
      throw e;
    } finally {
      present.clear();
      sessions.clear();
    }
  }

  /** Ends all texts with a {@link CancellationException}. */
  @Override
  public void close() {
    closed = true;
    active.addAll(waiting);
    waiting.clear();
    for (Stream stream : active) {
      stream.fail(new CancellationException("The batcher was closed meanwhile."));
    }
    active.clear();
  }
}
