package dev.tilewright.runtime;

/**
 * Weights do not fit the model: the message lists every missing, wrong-shaped, wrong-typed and (if
 * asked) extra weight.
 */
public final class WeightMismatchException extends WeightsException {
  private static final long serialVersionUID = 1L;

  /** An exception with this message. */
  public WeightMismatchException(String message) {
    super(message);
  }
}
