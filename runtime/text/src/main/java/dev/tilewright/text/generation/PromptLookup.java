package dev.tilewright.text.generation;

/**
 * Guesses that a text goes on as it did where its last tokens stood before, in the prompt or later
 * (prompt look-up decoding, <a href="https://github.com/apoorvumang/prompt-lookup-decoding">Saxena,
 * 2023</a>): of use where an answer repeats what was read, as in summaries, translations and
 * changes of programs. Immutable.
 *
 * {@snippet :
 * Generator generator = new Generator(tokenizer, options).withDraft(new PromptLookup(2, 4), 8);
 * }
 *
 * @param least how many tokens must be the same at least, above 0
 * @param most how many are compared at most
 */
public record PromptLookup(int least, int most) implements Draft, TreeDraft {
  /** So many places a tree takes continuations from. */
  private static final int BRANCHES = 4;

  /**
   * @throws IllegalArgumentException if a number is not above 0, or the least is the greater
   */
  public PromptLookup {
    if (least <= 0 || most < least) {
      throw new IllegalArgumentException(
          "At least %d and at most %d tokens to compare; the least is above 0 and not the greater."
              .formatted(least, most));
    }
  }

  /**
   * What followed the places with the most same tokens before them, of these the latest, each half
   * of the room that is left.
   */
  @Override
  public void guess(int[] text, int length, GuessTree tree, int node) {
    int longest = most;
    int end = length;
    for (int branch = 0; branch < BRANCHES && longest >= least && tree.room() > 0; branch++) {
      end = before(text, length, end, longest);
      while (end == 0 && longest > least) {
        longest--;
        end = before(text, length, length, longest);
      }
      if (end == 0) {
        return;
      }
      int count = Math.min(length - end, Math.ceilDiv(tree.room(), 2));
      int at = node;
      for (int i = 0; i < count && at >= 0; i++) {
        at = tree.add(at, text[end + i]);
      }
    }
  }

  /** The last place before one with just so many same tokens before it; 0 if there is none. */
  private int before(int[] text, int length, int from, int wanted) {
    for (int end = from - 1; end >= least; end--) {
      if (same(text, length, end) == wanted) {
        return end;
      }
    }
    return 0;
  }

  private int same(int[] text, int length, int end) {
    int same = 0;
    while (same < most && same < end && text[end - 1 - same] == text[length - 1 - same]) {
      same++;
    }
    return same;
  }

  /** What followed the longest, of these the latest, place with the same tokens before it. */
  @Override
  public int guess(int[] text, int length, int[] guess) {
    int best = 0;
    int longest = least - 1;
    for (int end = length - 1; end >= least && longest < most; end--) {
      int same = same(text, length, end);
      if (same > longest) {
        longest = same;
        best = end;
      }
    }
    if (best == 0) {
      return 0;
    }
    int count = Math.min(guess.length, length - best);
    System.arraycopy(text, best, guess, 0, count);
    return count;
  }
}
