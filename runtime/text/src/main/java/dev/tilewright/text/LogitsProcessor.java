package dev.tilewright.text;

/**
 * Changes the logits before a token is chosen from them: a grammar forbids tokens with negative
 * infinity, a bias favours some.
 *
 * {@snippet :
 * LogitsProcessor forbid = (logits, history) -> logits[unwanted] = Float.NEGATIVE_INFINITY;
 * }
 */
@FunctionalInterface
public interface LogitsProcessor {
  /**
   * @param logits one for each token of the vocabulary, free to be changed
   * @param history the tokens so far
   */
  void process(float[] logits, TokenHistory history);
}
