package dev.tilewright.runtime;

/** A file of weights is missing, may not be read, or changed while it was open. */
public final class UnreadableWeightsException extends WeightsException {
  private static final long serialVersionUID = 1L;

  /** An exception with this message. */
  public UnreadableWeightsException(String message) {
    super(message);
  }

  /** An exception with this message, caused by the operating system's error. */
  public UnreadableWeightsException(String message, Throwable cause) {
    super(message, cause);
  }
}
