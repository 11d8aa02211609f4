package dev.tilewright.runtime;

/** None of a model's libraries runs on this machine. */
public final class UnsupportedCpuException extends TilewrightException {
  private static final long serialVersionUID = 1L;

  public UnsupportedCpuException(String message) {
    super(message);
  }

  public UnsupportedCpuException(String message, Throwable cause) {
    super(message, cause);
  }
}
