package dev.tilewright.runtime;

/**
 * What was compiled of a model is incomplete or was changed: a library, its description or its
 * generated class.
 */
public final class DamagedModelException extends TilewrightException {
  private static final long serialVersionUID = 1L;

  public DamagedModelException(String message) {
    super(message);
  }

  public DamagedModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
