package dev.tilewright.text.generation;

/**
 * Guesses with a faster model of the same vocabulary: a smaller one, or the same in a narrower
 * precision. Not safe for use by several threads.
 *
 * {@snippet :
 * Generator generator = new Generator(tokenizer, options).withDraft(new DraftModel(small), 4);
 * }
 */
public final class DraftModel implements Draft, TreeDraft {
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

  /** The greedy choice of the model, token after token, and at each place what is next to it. */
  @Override
  public void guess(int[] text, int length, GuessTree tree, int node) {
    if (length > context.capacity()) {
      return;
    }
    float[] logits = context.read(text, length, PREFILL, () -> false);
    int[] token = new int[1];
    int at = node;
    while (true) {
      token[0] = greatest(logits, -1);
      int second = greatest(logits, token[0]);
      int next = tree.add(at, token[0]);
      tree.add(at, second);
      if (tree.room() == 0 || context.length() == context.capacity()) {
        return;
      }
      at = next;
      logits = context.append(token, 0, 1);
    }
  }

  private static int greatest(float[] logits) {
    return greatest(logits, -1);
  }

  /** The greatest but one. */
  private static int greatest(float[] logits, int but) {
    int best = but == 0 ? 1 : 0;
    for (int i = 0; i < logits.length; i++) {
      if (logits[i] > logits[best] && i != but) {
        best = i;
      }
    }
    return best;
  }
}
