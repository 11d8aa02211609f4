package dev.tilewright.runtime;

/**
 * A model or its weights cannot be loaded, or a call is refused. The message says what was
 * expected, what came and how to mend it.
 */
public abstract class TilewrightException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TilewrightException(String message, Throwable cause) {
    super(message, cause);
  }

  TilewrightException(String message) {
    super(message);
  }
}
