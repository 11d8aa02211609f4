package dev.tilewright.runtime;

/** A model was called after it was closed. */
public final class ModelClosedException extends TilewrightException {
  private static final long serialVersionUID = 1L;

  public ModelClosedException(String message) {
    super(message);
  }
}
