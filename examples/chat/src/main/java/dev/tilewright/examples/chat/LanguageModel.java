package dev.tilewright.examples.chat;

/** A model that remembers tokens and says what may follow them. */
interface LanguageModel extends AutoCloseable {
  /** Appends tokens, at least one, and gives the logits of what follows. */
  float[] next(int... ids);

  /** How many tokens it remembers. */
  int length();

  /** How many it can remember. */
  int capacity();

  /** Forgets all but the first tokens. */
  void truncate(int length);

  @Override
  void close();
}
