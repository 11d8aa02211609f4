package dev.tilewright.text.generation;

/**
 * Guesses tokens, which a model then reads in one call instead of one by one (<a
 * href="https://arxiv.org/abs/2211.17192">Leviathan, Kalman and Matias</a>). What it guesses wrong
 * is forgotten, so a guess changes how fast a text comes and never which. {@link PromptLookup} and
 * {@link DraftModel} are two; own ones may know more about a text.
 *
 * {@snippet :
 * Draft closing = (text, length, guess) -> {
 *   guess[0] = text[length - 1] == open ? close : text[length - 1];
 *   return 1;
 * };
 * }
 */
@FunctionalInterface
public interface Draft {
  /**
   * Guesses what follows a text.
   *
   * @param text its tokens, and more room; only to be read
   * @param length how many tokens it has, at least one
   * @param guess takes the guessed tokens; as many as the array holds, at most
   * @return how many were guessed; 0 if there is no guess
   */
  int guess(int[] text, int length, int[] guess);
}
