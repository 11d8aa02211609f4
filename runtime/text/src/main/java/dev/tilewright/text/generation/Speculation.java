package dev.tilewright.text.generation;

/**
 * How guesses went.
 *
 * @param calls how often the model was asked after the prompt
 * @param guessed how many tokens were guessed and read
 * @param accepted how many of them were what the model would have said
 */
public record Speculation(int calls, int guessed, int accepted) {
  /** Of a generation without guesses. */
  public static final Speculation NONE = new Speculation(0, 0, 0);

  /** Which part of the guesses was right, or 0 if there were none. */
  public double acceptance() {
    return guessed == 0 ? 0 : (double) accepted / guessed;
  }
}
