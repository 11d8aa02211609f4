package dev.tilewright.runtime;

/**
 * {@link Weights#close} was called while native code reads a tensor of the source; nothing was
 * closed.
 */
public final class WeightsInUseException extends WeightsException {
  private static final long serialVersionUID = 1L;

  /** An exception with this message. */
  public WeightsInUseException(String message) {
    super(message);
  }
}
