package dev.tilewright.text;

/** The metadata of a file describes no tokenizer, or one that is damaged or of another kind. */
public final class TokenizerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TokenizerException(String message) {
    super(message);
  }
}
