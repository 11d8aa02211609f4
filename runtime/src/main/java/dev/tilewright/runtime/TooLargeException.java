package dev.tilewright.runtime;

/** A tensor or the memory of a call is larger than the machine, or an array, can hold. */
public final class TooLargeException extends TilewrightException {
  private static final long serialVersionUID = 1L;

  public TooLargeException(String message) {
    super(message);
  }

  public TooLargeException(String message, Throwable cause) {
    super(message, cause);
  }
}
