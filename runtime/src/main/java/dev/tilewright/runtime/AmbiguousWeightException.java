package dev.tilewright.runtime;

/** A name can be resolved to more than one tensor of the source; the message lists them and why. */
public final class AmbiguousWeightException extends WeightsException {
  private static final long serialVersionUID = 1L;

  /** An exception with this message. */
  public AmbiguousWeightException(String message) {
    super(message);
  }
}
