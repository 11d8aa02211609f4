package dev.tilewright.runtime;

/** An interface was not compiled: the annotation processor did not run where it was built. */
public final class MissingCompiledModelException extends TilewrightException {
  private static final long serialVersionUID = 1L;

  public MissingCompiledModelException(String message) {
    super(message);
  }

  public MissingCompiledModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
