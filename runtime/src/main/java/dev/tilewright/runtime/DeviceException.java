package dev.tilewright.runtime;

/** A device is not there, or a model does not fit it; the message says how to mend it. */
public final class DeviceException extends TilewrightException {
  private static final long serialVersionUID = 1L;

  public DeviceException(String message) {
    super(message);
  }

  public DeviceException(String message, Throwable cause) {
    super(message, cause);
  }
}
