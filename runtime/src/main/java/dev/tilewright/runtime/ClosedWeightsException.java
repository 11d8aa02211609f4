package dev.tilewright.runtime;

/** The {@link Weights} were closed before this access. */
public final class ClosedWeightsException extends WeightsException {
  private static final long serialVersionUID = 1L;

  /** An exception with this message. */
  public ClosedWeightsException(String message) {
    super(message);
  }
}
