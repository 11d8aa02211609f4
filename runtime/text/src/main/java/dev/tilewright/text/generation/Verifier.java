package dev.tilewright.text.generation;

import java.util.Arrays;

/**
 * The loop of a generation with guesses. A call reads the last token and the guesses behind it; the
 * sampler then chooses by the logits of each, in order, as long as it chooses what was guessed. As
 * a call of several tokens gives the bits of single ones, it chooses the tokens that it would have
 * chosen without guesses, random ones too.
 */
final class Verifier {
  private final Draft draft;
  private final int most;
  private int[] text;
  private int length;
  private int calls;
  private int guessed;
  private int accepted;

  /** How many tokens to guess: more after all were right, fewer after some were wrong. */
  private int wanted;

  Verifier(Draft draft, int most, int[] prompt) {
    this.draft = draft;
    this.most = most;
    text = Arrays.copyOf(prompt, prompt.length + 256);
    length = prompt.length;
    wanted = most;
  }

  Speculation result() {
    return new Speculation(calls, guessed, accepted);
  }

  /** Goes on after the first token was chosen, to the end. */
  FinishReason run(Turn turn, Context context) {
    FinishReason finish = null;
    while (finish == null) {
      add(turn.last());
      int room = Math.min(context.capacity() - context.length(), context.room()) - 1;
      int[] guess = new int[Math.max(0, Math.min(wanted, room))];
      int count = guess.length == 0 ? 0 : draft.guess(text, length, guess);
      finish = verify(turn, context, guess, count);
    }
    return finish;
  }

  private FinishReason verify(Turn turn, Context context, int[] guess, int count) {
    int before = context.length();
    int[] read = new int[count + 1];
    read[0] = text[length - 1];
    System.arraycopy(guess, 0, read, 1, count);
    calls++;
    guessed += count;
    if (count == 0) {
      float[] logits = context.append(read, 0, 1);
      return turn.take(logits, 0, logits.length, context.capacity() - before - 1);
    }
    float[] rows = context.appendEach(read, 0, read.length);
    int vocabulary = rows.length / read.length;
    int right = 0;
    FinishReason finish = null;
    while (finish == null) {
      finish =
          turn.take(
              rows,
              right * vocabulary,
              (right + 1) * vocabulary,
              context.capacity() - before - right - 1);
      if (right == count || turn.last() != guess[right]) {
        break;
      }
      accepted++;
      if (finish == null) {
        right++;
        add(turn.last());
      }
    }
    context.truncate(before + 1 + right);
    if (finish == null) {
      wanted = right == count ? Math.min(most, wanted + 2) : Math.max(1, wanted - 1);
    }
    return finish;
  }

  private void add(int token) {
    if (length == text.length) {
      text = Arrays.copyOf(text, 2 * length);
    }
    text[length++] = token;
  }
}
