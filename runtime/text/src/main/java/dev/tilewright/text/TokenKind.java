package dev.tilewright.text;

/** What a token stands for, in the order of GGUF's {@code tokenizer.ggml.token_type}, from 1. */
enum TokenKind {
  NORMAL,
  UNKNOWN,
  CONTROL,
  USER_DEFINED,
  UNUSED,
  BYTE;

  private static final TokenKind[] ALL = values();

  static TokenKind of(long number) {
    if (number < 1 || number > ALL.length) {
      throw new TokenizerException(
          "%s holds %d; the kinds are 1 to %d."
              .formatted(TokenizerMetadata.TYPES, number, ALL.length));
    }
    return ALL[(int) number - 1];
  }
}
