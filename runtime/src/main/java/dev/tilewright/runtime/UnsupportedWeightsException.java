package dev.tilewright.runtime;

/**
 * A sound file holds something that Tilewright does not read: another format, or a tensor of
 * another element type.
 */
public final class UnsupportedWeightsException extends WeightsException {
  private static final long serialVersionUID = 1L;

  /** An exception with this message. */
  public UnsupportedWeightsException(String message) {
    super(message);
  }
}
