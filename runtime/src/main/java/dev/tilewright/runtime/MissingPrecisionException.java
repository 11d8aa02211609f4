package dev.tilewright.runtime;

/** The model was not compiled in the precision that was asked for. */
public final class MissingPrecisionException extends TilewrightException {
  private static final long serialVersionUID = 1L;

  public MissingPrecisionException(String message) {
    super(message);
  }

  public MissingPrecisionException(String message, Throwable cause) {
    super(message, cause);
  }
}
