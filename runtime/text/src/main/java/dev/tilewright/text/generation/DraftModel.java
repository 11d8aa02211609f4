package dev.tilewright.text.generation;

/**
 * Guesses with a faster model of the same vocabulary: a smaller one, or the same in a narrower
 * precision. Not safe for use by several threads.
 *
 * {@snippet :
 * Generator generator = new Generator(tokenizer, options).withDraft(new DraftModel(small), 4);
 * }
 */
public final class DraftModel implements Draft {
  private static final int PREFILL = 512;

  private final Context context;

  /** A draft of a context of its own, which the caller closes. */
  public DraftModel(Context context) {
    this.context = context;
  }

  /** The greedy choice of the model, token after token, as far as its context has room. */
  @Override
  public int guess(int[] text, int length, int[] guess) {
    if (length > context.capacity()) {
      return 0;
    }
    float[] logits = context.read(text, length, PREFILL, () -> false);
    int count = 0;
    while (true) {
      guess[count++] = greatest(logits);
      if (count == guess.length || context.length() == context.capacity()) {
        return count;
      }
      logits = context.append(guess, count - 1, count);
    }
  }

  private static int greatest(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }
}
