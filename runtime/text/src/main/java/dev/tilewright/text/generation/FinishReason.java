package dev.tilewright.text.generation;

/** Why a text ends. */
public enum FinishReason {
  /** The model gave a token that ends an answer. */
  END_OF_ANSWER,
  /** A stop sequence came, of which nothing was given out. */
  STOP_SEQUENCE,
  /** As many tokens came as were allowed. */
  TOKEN_LIMIT,
  /** The context is full. */
  CONTEXT_FULL,
  /** It was cancelled, or its thread interrupted. */
  CANCELLED,
  /** Its time was over. */
  DEADLINE
}
